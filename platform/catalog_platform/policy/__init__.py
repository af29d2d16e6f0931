"""Scan an assembly with policies and AWS's template validation, and apply waivers.

`gate.scan` is the entry point. Two engines scan each template: `checkov_engine` runs checkov's
policies and those of `policies/checks`; `validator` runs AWS's template validation. Both can skip
resources without an error, so an incomplete scan is reported as a `ScanProblem`.

Policies in Python are a `template_check.TemplateCheck`. They read templates with `intrinsics` and
`scanned_stack`, and IAM's documents with `statements`.
"""
