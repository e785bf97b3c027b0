-- What happened to a session, and decisions that did not count, were everybody's to read: they are their project's.
UPDATE events SET project = split_part(body->>'subject', '/', 1) WHERE project IS NULL AND body ? 'subject';
UPDATE events SET project = coalesce((SELECT project FROM approvals WHERE id::text = body->>'approvalId'), '')
  WHERE project IS NULL AND type = 'approval.refused';
