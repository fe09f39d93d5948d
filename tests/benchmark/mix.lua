-- wrk's script: login 0.2 %, submit 20 %, status 60 %, history 19.8 %, by users whose tokens and jobs the file
-- MIX names: a line a user, "token job"; the first line is a login's body.
local users, login = {}, nil

function init()
  math.randomseed(1)
  for line in io.lines(os.getenv("MIX")) do
    local token, job = line:match("^(%S+) (%x+)$")
    if token then
      users[#users + 1] = { headers = { authorization = "Bearer " .. token, ["content-type"] = "application/json" }, job = job }
    else
      login = line
    end
  end
end

function request()
  local user, dice = users[math.random(#users)], math.random() * 100
  if dice < 0.2 then
    return wrk.format("POST", "/api/auth/login", { ["content-type"] = "application/json" }, login)
  elseif dice < 20.2 then
    return wrk.format("POST", "/api/voice/process", user.headers, '{"text": "What is the time in Vienna?"}')
  elseif dice < 80.2 then
    return wrk.format("GET", "/api/voice/status/" .. user.job, user.headers)
  end
  return wrk.format("GET", "/api/voice/history", user.headers)
end

function done(summary, latency)
  local wrong = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
  io.write(string.format("FIGURES %d %d %.1f %d\n", summary.requests, summary.duration, latency:percentile(99) / 1000,
    wrong + summary.errors.timeout))
end
