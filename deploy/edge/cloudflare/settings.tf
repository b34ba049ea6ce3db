# The dashboard settings of the report. Two of them are not here: minification has been switched off by Cloudflare (the
# build does it), and "Browser Cache TTL: 4 hours" would let browsers keep prices for four hours, so browsers are told
# to obey what the answer itself says.

locals {
  settings = {
    ssl              = "strict"
    always_use_https = "on"
    min_tls_version  = "1.2"
    brotli           = "on"
    rocket_loader    = "on"
    cache_level      = "aggressive" # called "Standard" in the dashboard: the query string is part of the key
    # With it on, Cloudflare ignores stale-if-error.
    always_online = "off"
  }
}

resource "cloudflare_zone_setting" "this" {
  for_each = local.settings

  zone_id    = var.zone_id
  setting_id = each.key
  value      = each.value
}

# 0 is "respect existing headers".
resource "cloudflare_zone_setting" "browser_cache_ttl" {
  zone_id    = var.zone_id
  setting_id = "browser_cache_ttl"
  value      = 0
}

# The report's third page rule.
resource "cloudflare_ruleset" "checkout" {
  zone_id     = var.zone_id
  name        = "Prior: checkout"
  description = "More suspicion where money is"
  kind        = "zone"
  phase       = "http_config_settings"

  rules = [
    {
      ref         = "prior_checkout"
      description = "Security level high"
      expression  = "(${local.on_hosts}) and starts_with(http.request.uri.path, \"/checkout\")"
      action      = "set_config"
      enabled     = true
      action_parameters = {
        security_level = "high"
      }
    },
  ]
}
