-- For wrk. The argument is a file of requests, one a line: a path, and after a tab a client's address. They are sent in
-- turn; without a file everybody asks the address of the command line. The result is one line of JSON.

function init(args)
  if not args[1] then return end
  local requests = {}
  for line in io.lines(args[1]) do
    local path, address = line:match("^([^\t]+)\t?(.*)$")
    if address ~= "" then wrk.headers["x-forwarded-for"] = address end
    requests[#requests + 1] = wrk.format("GET", path)
  end
  local n = 0
  request = function()
    n = n % #requests + 1
    return requests[n]
  end
end

function done(summary, latency, _requests)
  local points = {}
  for percent = 1, 99 do points[percent] = string.format("[%g,%d]", percent, latency:percentile(percent)) end
  points[100] = string.format("[99.9,%d]", latency:percentile(99.9))
  local e = summary.errors
  print(string.format('RESULT {"requests":%d,"us":%d,"failed":%d,"refused":%d,"cdf":[%s]}', summary.requests,
    summary.duration, e.connect + e.read + e.write + e.timeout, e.status, table.concat(points, ",")))
end
