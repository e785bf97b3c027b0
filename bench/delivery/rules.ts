/**
 * What a gate with all its values asks, in OPA's language: criteria, alternatives, weights, key objectives, totals. Functions take a decision's number and
 * not the decision: OPA remembers what they gave by what they were given, and to its hash all fractions below 1 are one number, so that it would search
 * through all decisions for each.
 */
export const REGO = `package gate

verdicts := [verdict(i) | some i, _ in input.all]

verdict(i) := "fail" if {
  some o in input.policy.objectives
  o.key
  said(o, i) == "fail"
} else := "pass" if {
  reached(i) >= input.policy.total.pass * total
} else := "warn" if {
  reached(i) >= input.policy.total.warn * total
} else := "fail"

total := sum([o.weight | some o in input.policy.objectives; o.pass])

reached(i) := sum([points(o, said(o, i)) | some o in input.policy.objectives; o.pass])

points(o, "pass") := o.weight
points(o, "warn") := o.weight / 2
points(_, "fail") := 0

said(o, i) := "pass" if {
  some entry in o.pass
  every c in entry { holds(c, o.name, i) }
} else := "warn" if {
  some entry in o.warn
  every c in entry { holds(c, o.name, i) }
} else := "fail"

holds(c, name, i) if { c.operator == "<"; input.all[i].values[name] < limit(c, name, i) }
holds(c, name, i) if { c.operator == "<="; input.all[i].values[name] <= limit(c, name, i) }
holds(c, name, i) if { c.operator == "="; input.all[i].values[name] == limit(c, name, i) }
holds(c, name, i) if { c.operator == ">="; input.all[i].values[name] >= limit(c, name, i) }
holds(c, name, i) if { c.operator == ">"; input.all[i].values[name] > limit(c, name, i) }

limit(c, _, _) := c.value if not c.relative
limit(c, name, i) := now + abs(now) * c.value if {
  c.relative
  now := input.all[i].compared[name]
}
`;
