vcl 4.1;

# The edge at home: what deploy/edge/cloudflare does at Cloudflare, for Varnish 6.5 or newer. docs/edge.md explains it.
#
#   EDGE_VARNISH_SECRET=... varnishd -a :6081 -f /etc/varnish/default.vcl -s malloc,512m
#
# What is stored, and for how long, is the API's decision, by Cache-Control: s-maxage, stale-while-revalidate and
# stale-if-error are obeyed as they are sent.

import std;
include "./backend.vcl";

sub vcl_recv {
    if (req.restarts == 0) {
        # Notes to ourselves: nobody else may write them.
        unset req.http.X-Edge-Cache;
        unset req.http.X-Edge-Revalidate;
        unset req.http.X-Edge-Fall-Back;
    } else {
        # A copy is too old for stale-while-revalidate: ask first, and only if that fails take it all the same.
        if (req.http.X-Edge-Fall-Back) {
            set req.grace = 24h;
        } elsif (req.http.X-Edge-Revalidate) {
            set req.grace = 0s;
        }
        return (hash);
    }

    if (req.method == "PURGE") {
        call purge_tags;
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    if (req.url !~ "^/api/") {
        return (pass);
    }
    # Somebody in particular: signed in, or somebody who has just written and wants to see it.
    if (req.http.Authorization || req.http.X-Consistency-Token || req.http.Cookie ~ "(^|;\s*)(auth_token|prior_ct)=") {
        return (pass);
    }
    # Other cookies (statistics, say) decide nothing about a public answer.
    unset req.http.Cookie;
    call normalise_query;
    return (hash);
}

# The API ignores parameters that it does not know; here each spelling would be stored by itself.
sub normalise_query {
    if (req.url ~ "\?") {
        set req.url = regsuball(req.url, "([?&])(utm_[a-z_]+|fbclid|gclid|gbraid|wbraid|msclkid|yclid|igshid|mc_[a-z]+|_gl|_ga)=[^&]*", "\1");
        set req.url = regsuball(req.url, "&&+", "&");
        set req.url = regsub(req.url, "\?&", "?");
        set req.url = regsub(req.url, "[?&]$", "");
        set req.url = std.querysort(req.url);
    }
}

# PURGE with `X-Purge-Tags: product:a,category:7`: forgets all answers that carry one of the tags.
sub purge_tags {
    if (!std.getenv("EDGE_VARNISH_SECRET") || std.getenv("EDGE_VARNISH_SECRET") == "") {
        return (synth(403, "EDGE_VARNISH_SECRET is not set"));
    }
    if (req.http.X-Purge-Secret != std.getenv("EDGE_VARNISH_SECRET")) {
        return (synth(403, "Forbidden"));
    }
    # Of what is special in a regular expression only the dot is among these letters.
    if (req.http.X-Purge-Tags !~ "^[A-Za-z0-9_.:%~-]+(,[A-Za-z0-9_.:%~-]+)*$") {
        return (synth(400, "X-Purge-Tags is missing or malformed"));
    }
    set req.http.X-Purge-Tags = regsuball(regsuball(req.http.X-Purge-Tags, "[.]", "[.]"), ",", "|");
    # Only obj.*: such bans are carried out in the background, too, and then forgotten.
    if (!std.ban("obj.http.Cache-Tag ~ (^|,)(" + req.http.X-Purge-Tags + ")(,|$)")) {
        return (synth(500, std.ban_error()));
    }
    return (synth(200, "Purged"));
}

sub vcl_hit {
    if (obj.ttl >= 0s) {
        set req.http.X-Edge-Cache = "HIT";
        return (deliver);
    }
    set req.http.X-Edge-Cache = "STALE";
    if (!req.http.X-Edge-Fall-Back && obj.ttl + std.duration(obj.http.X-Edge-Swr, 0s) < 0s) {
        set req.http.X-Edge-Revalidate = "yes";
        return (restart);
    }
    # Answers at once and asks the API in the background.
    return (deliver);
}

sub vcl_miss {
    set req.http.X-Edge-Cache = "MISS";
}

sub vcl_pass {
    set req.http.X-Edge-Cache = "BYPASS";
}

sub vcl_backend_response {
    if (bereq.uncacheable && !bereq.is_hitmiss) {
        return (deliver);
    }
    # An error must not take the place of a copy; vcl_deliver falls back to it.
    if (beresp.status >= 500 || beresp.status == 429) {
        if (bereq.is_bgfetch) {
            return (abandon);
        }
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
        return (deliver);
    }
    # Without a word from the API nothing is stored.
    if (beresp.http.Cache-Control !~ "(?i)\bs-maxage=[0-9]" || beresp.http.Cache-Control ~ "(?i)\b(private|no-store|no-cache)\b" || beresp.http.Set-Cookie || beresp.http.Vary == "*") {
        # For this long requests for it do not queue up behind one another.
        set beresp.uncacheable = true;
        set beresp.ttl = 5s;
        return (deliver);
    }
    set beresp.http.X-Edge-Swr = "0s";
    set beresp.grace = 0s;
    if (beresp.http.Cache-Control ~ "(?i)stale-while-revalidate=[0-9]") {
        set beresp.http.X-Edge-Swr = regsub(beresp.http.Cache-Control, "(?i)^.*stale-while-revalidate=([0-9]+).*$", "\1s");
        set beresp.grace = std.duration(beresp.http.X-Edge-Swr, 0s);
    }
    if (beresp.http.Cache-Control ~ "(?i)stale-if-error=[0-9]" && std.duration(regsub(beresp.http.Cache-Control, "(?i)^.*stale-if-error=([0-9]+).*$", "\1s"), 0s) > beresp.grace) {
        set beresp.grace = std.duration(regsub(beresp.http.Cache-Control, "(?i)^.*stale-if-error=([0-9]+).*$", "\1s"), 0s);
    }
    # These belong to one request, not to the answer.
    unset beresp.http.RateLimit;
    unset beresp.http.RateLimit-Policy;
    unset beresp.http.X-Request-Id;
    return (deliver);
}

# Nobody is there, or nobody answers in time.
sub vcl_backend_error {
    set beresp.ttl = 0s;
    set beresp.grace = 0s;
    set beresp.http.Content-Type = "application/problem+json";
    set beresp.http.Cache-Control = "no-store";
    set beresp.http.Retry-After = "2";
    set beresp.body = {"{"type":"about:blank","title":"Service Unavailable","status":503,"code":"origin_unavailable","detail":"The API does not answer. Try again in a moment." }"};
    return (deliver);
}

sub vcl_deliver {
    # There was a copy within stale-if-error (RFC 5861, section 4), and the API has failed.
    if (resp.status >= 500 && req.http.X-Edge-Revalidate && !req.http.X-Edge-Fall-Back) {
        set req.http.X-Edge-Fall-Back = "yes";
        return (restart);
    }
    set resp.http.X-Edge-Cache = req.http.X-Edge-Cache;
    # RFC 9211; on the way back each cache adds itself behind the one nearer to the origin.
    if (req.http.X-Edge-Cache == "HIT" || req.http.X-Edge-Cache == "STALE") {
        # What was said of the request that fetched it is not true of this one.
        set resp.http.X-Cache = req.http.X-Edge-Cache;
        set resp.http.Cache-Status = "Edge; hit";
    } elsif (req.http.X-Edge-Cache == "MISS") {
        set resp.http.Cache-Status = resp.http.Cache-Status + ", Edge; fwd=uri-miss";
    } else {
        set resp.http.Cache-Status = resp.http.Cache-Status + ", Edge; fwd=bypass";
    }
    set resp.http.Cache-Status = regsub(resp.http.Cache-Status, "^, ", "");
    unset resp.http.Cache-Tag;
    unset resp.http.X-Edge-Swr;
    unset resp.http.X-Varnish;
    unset resp.http.Via;
}

sub vcl_synth {
    set resp.http.Cache-Control = "no-store";
    set resp.http.Content-Type = "text/plain; charset=utf-8";
    if (req.method == "PURGE" && resp.status == 200) {
        # By this the API knows that it spoke to this file and not to something else that answers 200.
        set resp.http.X-Purged = "yes";
    }
    set resp.body = resp.reason + {"
"};
    return (deliver);
}
