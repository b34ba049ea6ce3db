variable "zone_id" {
  description = "Id of the zone, as on its overview page (EDGE_CLOUDFLARE_ZONE)."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{32}$", var.zone_id))
    error_message = "A zone id has 32 hexadecimal digits."
  }
}

variable "hosts" {
  description = "Names under which the shop and the API are reached; records of all of them must be proxied."
  type        = list(string)
  default     = ["priorbd.com", "www.priorbd.com"]
}

variable "static_ttl" {
  description = "Seconds that files with a name of their own content are kept, by Cloudflare and by browsers."
  type        = number
  default     = 31536000
}
