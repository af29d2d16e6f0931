"""Steps that several verbs share: synthesise, scan, attest, deploy and verify."""
