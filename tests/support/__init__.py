"""What tests share: real stores, a settings factory, a runner that reaches nothing beyond this machine."""
