output "cache_rules" {
  description = "What is stored, in the order in which it is decided."
  value       = [for rule in cloudflare_ruleset.cache.rules : rule.description]
}
