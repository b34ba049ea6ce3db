# Every rule that matches is applied, in this order; of two that say something about the same, the later one counts.
# Hence "never" comes last.

locals {
  on_hosts = "http.host in {${join(" ", [for host in var.hosts : "\"${host}\""])}}"
  images   = "{\"jpg\" \"jpeg\" \"png\" \"gif\" \"webp\" \"avif\" \"svg\" \"ico\"}"

  # Somebody in particular: signed in, or somebody who has just written and wants to see it.
  personal = join(" or ", [
    "http.cookie contains \"auth_token=\"",
    "http.cookie contains \"prior_ct=\"",
    "any(http.request.headers.names[*] == \"authorization\")",
    "any(http.request.headers.names[*] == \"x-consistency-token\")",
  ])
}

resource "cloudflare_ruleset" "cache" {
  zone_id     = var.zone_id
  name        = "Prior: what is stored"
  description = "Static files for a year, public answers of the API as long as it says, nothing personal"
  kind        = "zone"
  phase       = "http_request_cache_settings"

  rules = [
    {
      ref         = "prior_images"
      description = "Images: a year (their addresses change with their content)"
      expression  = "(${local.on_hosts}) and http.request.uri.path.extension in ${local.images}"
      action      = "set_cache_settings"
      enabled     = true
      action_parameters = {
        cache       = true
        edge_ttl    = { mode = "override_origin", default = var.static_ttl }
        browser_ttl = { mode = "override_origin", default = var.static_ttl }
      }
    },
    {
      ref         = "prior_next_static"
      description = "Next.js: files with a hash in their name, a year"
      expression  = "(${local.on_hosts}) and starts_with(http.request.uri.path, \"/_next/static/\")"
      action      = "set_cache_settings"
      enabled     = true
      action_parameters = {
        cache       = true
        edge_ttl    = { mode = "override_origin", default = var.static_ttl }
        browser_ttl = { mode = "override_origin", default = var.static_ttl }
      }
    },
    {
      # Not override_origin: that would store answers which the API marks `private, no-store`, and plans below
      # Business do not go down to 30 seconds. The API sends s-maxage=30 itself.
      ref         = "prior_api"
      description = "API: as long as its Cache-Control says (s-maxage=30, stale-while-revalidate=60)"
      expression  = "(${local.on_hosts}) and starts_with(http.request.uri.path, \"/api/\") and http.request.method in {\"GET\" \"HEAD\"}"
      action      = "set_cache_settings"
      enabled     = true
      action_parameters = {
        cache                = true
        edge_ttl             = { mode = "respect_origin" }
        browser_ttl          = { mode = "respect_origin" }
        serve_stale          = { disable_stale_while_updating = false }
        respect_strong_etags = true
        cache_key            = { ignore_query_strings_order = true }
      }
    },
    {
      ref         = "prior_never"
      description = "Nothing for somebody in particular, nothing of the checkout"
      expression  = "(${local.on_hosts}) and (${local.personal} or starts_with(http.request.uri.path, \"/checkout\"))"
      action      = "set_cache_settings"
      enabled     = true
      action_parameters = {
        cache = false
      }
    },
  ]
}
