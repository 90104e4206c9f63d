using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Attune.Cohort.Control;
using Attune.Cohort.Live;
using Attune.Cohort.Plans;
using Attune.Cohort.Tests.Live;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Web.Tests;

public sealed class CohortEndpointTests : IDisposable
{
    private readonly ScriptedController controller;
    private readonly RunningCohort cohort;
    private readonly LivePlan plan;
    private readonly CohortEndpoint endpoint;
    private readonly HttpClient client = new();
    private readonly List<string> told = [];
    private StageChoice choice = new(StageChoice.Keep, 0, Abort: false);

    public CohortEndpointTests()
    {
        controller = new ScriptedController(_ => choice);
        cohort = new RunningCohort(
            LiveSetups.Of(50, 80), [new ScriptedNetwork(3), new ScriptedNetwork(3)], controller, new RunningCohortOptions { Processors = 1 });
        plan = new LivePlan(cohort);
        endpoint = CohortEndpoint.Start(
            new IPEndPoint(IPAddress.Loopback, 0), cohort, plan, new EndpointOptions { Notify = told.Add, Patience = TimeSpan.FromSeconds(20) });
        client.BaseAddress = new Uri($"http://{endpoint.Address}");
    }

    public void Dispose()
    {
        client.Dispose();
        endpoint.Dispose();
        cohort.Dispose();
    }

    [Fact]
    public async Task The_state_tells_members_misses_and_percentiles()
    {
        await cohort.RequestAsync(0);
        JsonElement state = JsonDocument.Parse(await client.GetStringAsync(new Uri("/state", UriKind.Relative))).RootElement;
        state.GetProperty("mode").GetString().ShouldBe("balanced");
        state.GetProperty("applied").GetProperty("setting").GetString().ShouldBe("threads=1");
        state.GetProperty("jobs").GetInt32().ShouldBe(1);
        JsonElement[] members = [.. state.GetProperty("members").EnumerateArray()];
        members[0].GetProperty("deadline_ms").GetDouble().ShouldBe(50);
        members[0].GetProperty("p95_ms").GetDouble().ShouldBeGreaterThan(0);
        members[0].GetProperty("lag_ms").ValueKind.ShouldBe(JsonValueKind.Null, "it has no job now");
        members[1].GetProperty("p50_ms").ValueKind.ShouldBe(JsonValueKind.Null, "it has had none");
        state.GetProperty("energy_mj").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Fields_and_whole_plans_are_taken_over()
    {
        using HttpResponseMessage part = await Put("""{ "mode": "max-accuracy", "members": [ { "name": "m1", "deadline_ms": 40, "period_ms": 60 } ] }""");
        part.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonDocument.Parse(await part.Content.ReadAsStringAsync()).RootElement.GetProperty("taken").GetArrayLength().ShouldBe(2);
        controller.Mode.ShouldBe(CohortMode.MaxAccuracy);
        controller.Calls.ShouldContain("deadline 1 40000 60000");
        plan.PeriodUs(1).ShouldBe(60_000);
        told.Count.ShouldBe(2);

        using HttpResponseMessage whole = await Put(
            """{ "schema": 1, "members": [ { "name": "m0", "profile": "p", "deadline_ms": 50 }, { "name": "m1", "profile": "p", "deadline_ms": 90 } ] }""");
        whole.StatusCode.ShouldBe(HttpStatusCode.OK);
        controller.Mode.ShouldBe(CohortMode.Balanced, "a whole plan without a mode has the usual one");
        plan.PeriodUs(1).ShouldBe(90_000);
    }

    [Theory]
    [InlineData("nonsense", "no JSON")]
    [InlineData("[]", "an object is expected")]
    [InlineData("""{ "mode": "balancd", "meter": "rapl" }""", "mode: 'balancd'|meter: there is no field")]
    [InlineData("""{ "members": [ { "name": "m7", "deadline_ms": -3 } ] }""", "'m7' is none of m0, m1|members[0].deadline_ms")]
    [InlineData("""{ "members": [ { "name": "m0", "deadline_ms": 3, "deadline_factor": 3 } ] }""", "only one of")]
    [InlineData("""{ "members": [ { "name": "m0" }, { "name": "m0" } ] }""", "twice")]
    [InlineData("""{ "members": [ { "name": "m0", "deadline_ms": 30, "period_ms": 20 } ] }""", "shorter than its deadline")]
    [InlineData("""{ "schema": 1, "meter": "rapl", "members": [ { "name": "m0", "profile": "p", "deadline_ms": 50 } ] }""", "other members|another meter")]
    [InlineData("""{ "members": [ { "name": "\ud800" } ] }""", "no JSON")]
    public async Task A_bad_change_is_answered_with_all_its_problems_and_changes_nothing(string body, string problems)
    {
        using HttpResponseMessage answer = await Put(body);
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        string[] named = [.. JsonDocument.Parse(
            await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("problems").EnumerateArray().Select(each => each.GetString()!)];
        foreach (string problem in problems.Split('|'))
        {
            named.ShouldContain(each => each.Contains(problem));
        }

        controller.Calls.ShouldBeEmpty();
        told.ShouldBeEmpty();
        plan.Plan.ShouldBe(cohort.Setup.Plan);
    }

    [Fact]
    public async Task Metrics_are_in_the_form_of_Prometheus()
    {
        await cohort.RequestAsync(0);
        using HttpResponseMessage answer = await client.GetAsync(new Uri("/metrics", UriKind.Relative));
        answer.Content.Headers.ContentType!.ToString().ShouldContain("text/plain");
        string[] lines = (await answer.Content.ReadAsStringAsync()).Split('\n');
        lines.ShouldNotContain(line => line.StartsWith("target_info") || line.Contains("otel_scope"));
        lines.ShouldContain("# TYPE attune_cohort_response_milliseconds histogram");
        lines.ShouldContain("attune_cohort_response_milliseconds_bucket{member=\"m0\",policy=\"neuos\",le=\"+Inf\"} 1");
        lines.ShouldContain("attune_cohort_response_milliseconds_count{member=\"m0\",policy=\"neuos\"} 1");
        lines.ShouldContain("attune_cohort_setting{setting=\"threads=1\"} 1");
        lines.ShouldContain(line => line.StartsWith("attune_cohort_lag_milliseconds{member=\"m1\"}"));
        lines.ShouldAllBe(line => line.Length == 0 || line[0] == '#' || line.Split(' ').Length == 2);
    }

    [Fact]
    public async Task A_setting_that_is_no_longer_in_force_is_0_and_metrics_of_others_are_not_shown()
    {
        using var other = new RunningCohort(
            LiveSetups.Of(50), [new ScriptedNetwork(3)], new ScriptedController(), new RunningCohortOptions { Processors = 1, Policy = "race" });
        await other.RequestAsync(0);
        await client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        choice = new StageChoice(1, 0, Abort: false);
        await cohort.RequestAsync(0);
        string[] lines = (await client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n');
        lines.ShouldContain("attune_cohort_setting{setting=\"threads=1\"} 0");
        lines.ShouldContain("attune_cohort_setting{setting=\"threads=2\"} 1");
        lines.ShouldNotContain(line => line.Contains("policy=\"race\""));
    }

    [Theory]
    [InlineData("GET", "/", HttpStatusCode.NotFound)]
    [InlineData("PUT", "/metrics", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/plan", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "/state", HttpStatusCode.MethodNotAllowed)]
    public async Task What_there_is_not_is_named(string method, string path, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage answer = await client.SendAsync(request);
        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("error");
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_and_a_strange_host_too()
    {
        using HttpResponseMessage large = await Put(new string(' ', (64 << 10) + 1));
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/state") { Headers = { Host = "elsewhere.example" } };
        using HttpResponseMessage strange = await client.SendAsync(request);
        strange.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_client_that_sends_nothing_further_is_let_go_and_others_are_served()
    {
        using CohortEndpoint hasty = CohortEndpoint.Start(
            new IPEndPoint(IPAddress.Loopback, 0), cohort, plan, new EndpointOptions { Patience = TimeSpan.FromSeconds(2) });
        using var silent = new TcpClient();
        await silent.ConnectAsync(hasty.Address);
        await silent.GetStream().WriteAsync("GET /sta"u8.ToArray());
        using var other = new HttpClient { BaseAddress = new Uri($"http://{hasty.Address}") };
        (await other.GetStringAsync(new Uri("/state", UriKind.Relative))).ShouldContain("members");
        using var reader = new StreamReader(silent.GetStream());
        (await reader.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 408");
    }

    [Fact]
    public async Task Garbage_on_the_line_ends_no_run()
    {
        var random = new Random(3);
        for (int i = 0; i < 60; i++)
        {
            using var wild = new TcpClient();
            await wild.ConnectAsync(endpoint.Address);
            byte[] bytes = new byte[random.Next(1, 600)];
            random.NextBytes(bytes);
            byte[] head = i % 3 == 0 ? "PUT /plan HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n\r\n"u8.ToArray() : [];
            await wild.GetStream().WriteAsync((byte[])[.. head, .. bytes]);
            if (i % 2 == 0)
            {
                wild.Client.Shutdown(SocketShutdown.Send);
            }
        }

        (await client.GetStringAsync(new Uri("/state", UriKind.Relative))).ShouldContain("members");
        (await cohort.RequestAsync(1)).Status.ShouldBe(JobStatus.Done);
        controller.Calls.ShouldNotContain(call => call.StartsWith("deadline"));
    }

    [Fact]
    public void Plans_made_of_garbage_are_problems_and_never_exceptions()
    {
        var random = new Random(5);
        byte[] sound = Encoding.UTF8.GetBytes("""{ "mode": "max-accuracy", "members": [ { "name": "m1", "deadline_ms": 40, "period_ms": 60 } ] }""");
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = [.. sound];
            for (int hits = random.Next(1, 6); hits > 0; hits--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Result<CohortPlan, DocumentError> load = PlanPatch.Parse(bytes, cohort.Setup.Plan);
            (load.Value is null).ShouldBe(load.Error is { Problems.IsEmpty: false });
        }
    }

    private Task<HttpResponseMessage> Put(string body) => client.PutAsync(new Uri("/plan", UriKind.Relative), new StringContent(body));
}
