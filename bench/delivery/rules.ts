/** What a gate with all its values asks, in OPA's language: criteria, alternatives, weights, key objectives, totals. */
export const REGO = `package gate

verdicts := [verdict(one) | some one in data.all]

verdict(one) := "fail" if {
  some o in data.policy.objectives
  o.key
  said(o, one) == "fail"
} else := "pass" if {
  reached(one) >= data.policy.total.pass * total
} else := "warn" if {
  reached(one) >= data.policy.total.warn * total
} else := "fail"

total := sum([o.weight | some o in data.policy.objectives; o.pass])

reached(one) := sum([points(o, said(o, one)) | some o in data.policy.objectives; o.pass])

points(o, "pass") := o.weight
points(o, "warn") := o.weight / 2
points(_, "fail") := 0

said(o, one) := "pass" if {
  some entry in o.pass
  every c in entry { holds(c, o.name, one) }
} else := "warn" if {
  some entry in o.warn
  every c in entry { holds(c, o.name, one) }
} else := "fail"

holds(c, name, one) if compare(c.operator, one.values[name], limit(c, name, one))

limit(c, _, _) := c.value if not c.relative
limit(c, name, one) := one.compared[name] + abs(one.compared[name]) * c.value if c.relative

compare("<", a, b) if a < b
compare("<=", a, b) if a <= b
compare("=", a, b) if a == b
compare(">=", a, b) if a >= b
compare(">", a, b) if a > b
`;
