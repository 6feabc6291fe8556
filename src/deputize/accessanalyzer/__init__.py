"""IAM Access Analyzer: what is to be said of policies before they are used."""
