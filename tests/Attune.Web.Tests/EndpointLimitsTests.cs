using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Attune.Cohort.Live;
using Attune.Cohort.Plans;
using Attune.Cohort.Tests.Live;

namespace Attune.Web.Tests;

public sealed class EndpointLimitsTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);
    private readonly RunningCohort cohort = new(
        LiveSetups.Of(50), [new ScriptedNetwork(3)], new ScriptedController(), new RunningCohortOptions { Processors = 1 });
    private readonly ConcurrentQueue<string> told = new();
    private readonly List<Socket> clients = [];

    public void Dispose()
    {
        clients.ForEach(client => client.Dispose());
        cohort.Dispose();
    }

    [Fact]
    public async Task Slow_clients_take_nothing_from_honest_ones()
    {
        using CohortEndpoint endpoint = Start(new EndpointOptions { Patience = Long });
        for (int i = 0; i < 48; i++)
        {
            await Open(endpoint, "G");
        }

        for (int i = 0; i < 53; i++)
        {
            (await Ask(endpoint)).ShouldContain("members");
        }

        endpoint.Figures.ShouldBe(new EndpointFigures(53, 0, 0, 0));
    }

    [Fact]
    public async Task A_slow_body_takes_nothing_either()
    {
        using CohortEndpoint endpoint = Start(new EndpointOptions { Patience = Long });
        for (int i = 0; i < 48; i++)
        {
            await Open(endpoint, "PUT /plan HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n\r\n{");
        }

        (await Ask(endpoint)).ShouldContain("members");
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_answer_takes_nothing_either()
    {
        using CohortEndpoint endpoint = Start(new EndpointOptions { Patience = Long });
        for (int i = 0; i < 48; i++)
        {
            await Open(endpoint, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }

        (await Ask(endpoint)).ShouldContain("members");
    }

    [Fact]
    public async Task Beyond_its_share_an_address_loses_its_oldest_connection()
    {
        using CohortEndpoint endpoint = Start(new EndpointOptions { Patience = Long, MaxOfAddress = 4 });
        for (int i = 0; i < 10; i++)
        {
            await Open(endpoint, "G");
        }

        (await Ask(endpoint)).ShouldContain("members");
        await Ended(clients[0]);
        await Ended(clients[6]);
        endpoint.Figures.Dropped.ShouldBe(7);
        await clients[9].SendAsync("ET /state HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        (await Rest(clients[9])).ShouldStartWith("HTTP/1.1 200", customMessage: "the newest ones are still served");
    }

    [Fact]
    public async Task Beyond_the_limit_whoever_has_most_gives_way()
    {
        using CohortEndpoint endpoint = Start(new EndpointOptions { Patience = Long, MaxConnections = 6 });
        Socket other = await Open(endpoint, "G", from: "127.0.0.2");
        for (int i = 0; i < 10; i++)
        {
            await Open(endpoint, "G");
        }

        (await Ask(endpoint)).ShouldContain("members");
        endpoint.Figures.Dropped.ShouldBe(6);
        await other.SendAsync("ET /state HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        (await Rest(other)).ShouldStartWith("HTTP/1.1 200", customMessage: "it was the oldest, but the only one of its address");
    }

    [Theory]
    [InlineData("GET /sta", "")]
    [InlineData("GET /state HTTP/1.1\r\nHost: localhost\r\nX: ", "")]
    [InlineData("PUT /plan HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n\r\n{", "The body of the request did not come within 0.3 s.")]
    public async Task What_does_not_come_in_time_is_refused(string sent, string named)
    {
        using CohortEndpoint endpoint = Start(new EndpointOptions { Patience = TimeSpan.FromMilliseconds(300) });
        string answer = await Rest(await Open(endpoint, sent));
        answer.ShouldStartWith("HTTP/1.1 408");
        answer.ShouldContain(named);
    }

    [Fact]
    public async Task Who_sends_nothing_at_all_is_let_go()
    {
        using CohortEndpoint endpoint = Start(new EndpointOptions { Patience = TimeSpan.FromMilliseconds(300) });
        await Ended(await Open(endpoint, string.Empty));
    }

    [Fact]
    public async Task Headers_that_are_too_large_or_too_many_are_refused()
    {
        using CohortEndpoint endpoint = Start(new EndpointOptions { Patience = Long });
        string many = string.Concat(Enumerable.Range(0, 200).Select(i => $"A{i}: b\r\n"));
        foreach (string fields in new[] { $"X: {new string('x', 8 << 10)}\r\n", many })
        {
            (await Rest(await Open(endpoint, $"GET /state HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n"))).ShouldStartWith("HTTP/1.1 431");
        }
    }

    [Theory]
    [InlineData("GET /state HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /state HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("GET /state HTTP/1.1\r\nHost: localhost\r\nno field\r\n\r\n", 400)]
    [InlineData("GET /state HTTP/3.0\r\nHost: localhost\r\n\r\n", 505)]
    [InlineData("GET /state\r\n\r\n", 400)]
    [InlineData("PUT /plan HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("PUT /plan HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65537\r\n\r\n", 413)]
    public async Task What_is_no_request_is_refused(string sent, int status)
    {
        using CohortEndpoint endpoint = Start(new EndpointOptions { Patience = Long });
        (await Rest(await Open(endpoint, sent))).ShouldStartWith($"HTTP/1.1 {status}");
        (await Ask(endpoint)).ShouldContain("members");
        endpoint.Figures.Failed.ShouldBe(0);
    }

    [Fact]
    public async Task A_body_in_chunks_counts_as_one_and_has_the_same_limit()
    {
        using CohortEndpoint endpoint = Start(new EndpointOptions { Patience = Long });
        const string Head = "PUT /plan HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
        (await Rest(await Open(endpoint, $"{Head}1a\r\n{{ \"mode\": \"max-accuracy\" }}\r\n0\r\n\r\n"))).ShouldStartWith("HTTP/1.1 200");
        cohort.Glance().Mode.ShouldBe(CohortMode.MaxAccuracy);
        (await Rest(await Open(endpoint, $"{Head}10001\r\n{new string(' ', 0x10001)}\r\n0\r\n\r\n"))).ShouldStartWith("HTTP/1.1 413");
    }

    [Fact]
    public async Task A_letter_now_and_then_does_not_prolong_the_time()
    {
        using CohortEndpoint endpoint = Start(new EndpointOptions { Patience = TimeSpan.FromMilliseconds(500) });
        Socket client = await Open(endpoint, "GET /state HTTP/1.1\r\nX: ");
        Task<string> answer = Rest(client);
        for (int i = 0; i < 4000 && !answer.IsCompleted; i++)
        {
            await Task.Delay(20);
            await Quietly(() => client.SendAsync("a"u8.ToArray()));
        }

        answer.IsCompleted.ShouldBeTrue("far fewer letters than a header may have were sent");
    }

    [Fact]
    public async Task Requests_behind_the_first_of_a_connection_are_not_answered()
    {
        using CohortEndpoint endpoint = Start(new EndpointOptions { Patience = Long });
        Socket client = await Open(endpoint, "GET /state HTTP/1.1\r\nHost: localhost\r\n\r\nPUT /plan HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
            + "26\r\n\r\n{ \"mode\": \"max-accuracy\" }GET /state HTTP/1.1\r\nHost: localhost\r\n\r\n");
        string answers = await Rest(client);
        answers.Split("HTTP/1.1 ").Length.ShouldBe(2, "one answer");
        answers.ShouldContain("\"balanced\"");
        cohort.Glance().Mode.ShouldBe(CohortMode.Balanced);
    }

    [Fact]
    public async Task Half_open_clients_and_garbage_are_let_go()
    {
        using CohortEndpoint endpoint = Start(new EndpointOptions { Patience = Long });
        (await Open(endpoint, string.Empty)).Shutdown(SocketShutdown.Send);
        (await Open(endpoint, "GET")).Shutdown(SocketShutdown.Send);
        await Open(endpoint, "\0\u00ff\r\n\r\n");
        (await Rest(clients[0])).ShouldBeEmpty();
        string half = await Rest(clients[1]);
        (half.Length == 0 || half.StartsWith("HTTP/1.1 400")).ShouldBeTrue("Kestrel may hang up on who says that nothing more comes");
        (await Rest(clients[2])).ShouldStartWith("HTTP/1.1 400");
        (await Ask(endpoint)).ShouldContain("members");
    }

    [Fact]
    public async Task Refusals_of_the_system_are_counted_told_and_survived()
    {
        var refusals = new Queue<Exception>([
            new OutOfMemoryException(),
            new SocketException((int)SocketError.TooManyOpenSockets),
            new SocketException((int)SocketError.ConnectionAborted),
            new InvalidOperationException("whatever else"),
        ]);
        using CohortEndpoint endpoint = Start(new EndpointOptions
        {
            Patience = Long,
            Accept = (listener, cancellation) =>
                refusals.TryDequeue(out Exception? refusal) ? ValueTask.FromException<Socket>(refusal) : listener.AcceptAsync(cancellation),
        });
        (await Ask(endpoint)).ShouldContain("members");
        endpoint.Figures.Refused.ShouldBe(4);
        told.ShouldHaveSingleItem().ShouldContain("could not be accepted");
    }

    [Fact]
    public async Task A_listener_that_is_lost_is_opened_again_at_the_same_address()
    {
        bool isLost = false;
        using CohortEndpoint endpoint = Start(new EndpointOptions
        {
            Patience = Long,
            Accept = (listener, cancellation) =>
            {
                if (!isLost)
                {
                    isLost = true;
                    listener.Dispose();
                }

                return listener.AcceptAsync(cancellation);
            },
        });
        SpinWait.SpinUntil(() => endpoint.Figures.Refused > 0, Long).ShouldBeTrue();
        HttpRequestException? refused = null;
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            try
            {
                (await Ask(endpoint)).ShouldContain("members");
                refused = null;
                break;
            }
            catch (HttpRequestException notYet)
            {
                refused = notYet;
                await Task.Delay(10);
            }
        }

        refused.ShouldBeNull();
    }

    [Fact]
    public async Task An_endpoint_whose_messages_go_nowhere_goes_on_and_ends_quietly()
    {
        bool isFirst = true;
        var options = new EndpointOptions
        {
            Notify = _ => throw new IOException("no space left"),
            Accept = (listener, cancellation) =>
            {
                (bool refuses, isFirst) = (isFirst, false);
                return refuses ? ValueTask.FromException<Socket>(new OutOfMemoryException()) : listener.AcceptAsync(cancellation);
            },
        };
        var endpoint = CohortEndpoint.Start(new IPEndPoint(IPAddress.Loopback, 0), cohort, new LivePlan(cohort), options);
        (await Ask(endpoint)).ShouldContain("members");
        Socket silent = await Open(endpoint, "G");
        endpoint.Dispose();
        endpoint.Dispose();
        await Ended(silent);
        (await cohort.RequestAsync(0)).Status.ShouldBe(JobStatus.Done);
    }

    private CohortEndpoint Start(EndpointOptions options) =>
        CohortEndpoint.Start(new IPEndPoint(IPAddress.Loopback, 0), cohort, new LivePlan(cohort), options with { Notify = told.Enqueue });

    private async Task<Socket> Open(CohortEndpoint endpoint, string sent, string from = "127.0.0.1")
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        clients.Add(client);
        client.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await client.ConnectAsync(endpoint.Address);
        await Quietly(() => client.SendAsync(Encoding.Latin1.GetBytes(sent)));
        return client;
    }

    private static async Task<string> Ask(CohortEndpoint endpoint)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{endpoint.Address}") };
        return await client.GetStringAsync(new Uri("/state", UriKind.Relative));
    }

    /// <summary>Everything that still comes, to the end of the connection.</summary>
    private static async Task<string> Rest(Socket client)
    {
        var all = new StringBuilder();
        byte[] buffer = new byte[4096];
        await Quietly(async () =>
        {
            for (int got; (got = await client.ReceiveAsync(buffer)) > 0;)
            {
                all.Append(Encoding.UTF8.GetString(buffer, 0, got));
            }

            return 0;
        });
        return all.ToString();
    }

    private static async Task Ended(Socket client) => (await Rest(client)).ShouldBeEmpty("it was let go without a word");

    private static async Task Quietly(Func<Task<int>> act)
    {
        try
        {
            await act();
        }
        catch (SocketException gone) when (gone.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // The endpoint hung up, which the test looks at in other ways.
            gone.Data.Clear();
        }
    }
}
