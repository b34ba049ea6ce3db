terraform {
  required_version = ">= 1.6"

  required_providers {
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = "~> 5.0"
    }
  }
}

# Reads CLOUDFLARE_API_TOKEN. The token needs Zone / Zone Settings / Edit, Zone / Cache Rules / Edit and
# Zone / Config Rules / Edit. The API itself has a token of its own that can only purge (EDGE_CLOUDFLARE_TOKEN).
provider "cloudflare" {}
