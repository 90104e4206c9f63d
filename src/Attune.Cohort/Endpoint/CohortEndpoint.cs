using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Attune.Cohort.Live;
using Attune.Devices;

namespace Attune.Cohort.Endpoint;

/// <summary>
/// Lets a policy controller outside of the process watch and steer a running cohort over HTTP: <c>GET /state</c>, <c>PUT /plan</c>, <c>GET /metrics</c>. One request for each connection, requests of
/// limited size and time, a limited number of connections at once, of which those that do nothing give way; nothing that a client sends, and nothing
/// that the system refuses, can end the run or the
/// endpoint. There is no authentication, so anything but a loopback address is open to whoever reaches it. Thread-safe. Dispose ends it and never throws.
/// </summary>
public sealed class CohortEndpoint : IDisposable
{
    // Requests take a lock of the cohort: more of them at once would only wait for it.
    private const int MostAnswers = 4;
    private static readonly ImmutableSortedDictionary<string, string> Methods = new Dictionary<string, string> { ["/state"] = "GET", ["/plan"] = "PUT", ["/metrics"] = "GET" }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private readonly RunningCohort cohort;
    private readonly LivePlan plan;
    private readonly EndpointOptions options;
    private readonly Notices notices;
    private readonly PrometheusText metrics;
    private readonly Acceptor acceptor;
    private readonly ConnectionTable connections;
    private readonly CancellationTokenSource ending = new();
    private readonly SemaphoreSlim room = new(MostAnswers);
    private readonly Task serving;
    private long answered;
    private long failed;

    private CohortEndpoint(IPEndPoint address, RunningCohort cohort, LivePlan plan, EndpointOptions options)
    {
        this.cohort = cohort;
        this.plan = plan;
        this.options = options;
        notices = new Notices(options.Notify);
        connections = new ConnectionTable(options.MostConnections, options.MostOfAddress);
        acceptor = new Acceptor(options, notices.Tell, connections.MakeRoom);
        acceptor.Open(address);
        Address = acceptor.Address;
        metrics = new PrometheusText(cohort.Telemetry.Meter);
        serving = Task.Run(() => acceptor.RunAsync(Take, ending.Token));
    }

    /// <summary>Where it listens; the port is the real one.</summary>
    public IPEndPoint Address { get; }

    /// <summary>What it went through so far.</summary>
    public EndpointFigures Figures => new(Interlocked.Read(ref answered), connections.Dropped, acceptor.Refused, Interlocked.Read(ref failed));

    /// <summary>Begins to listen.</summary>
    /// <param name="address">Where; port 0 takes a free one.</param>
    /// <param name="cohort">The cohort; must outlive the endpoint.</param>
    /// <param name="plan">Its plan, which requests change.</param>
    /// <param name="options">How.</param>
    /// <exception cref="SocketException">The address cannot be listened at: it is taken, or not one of this machine.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit is below 1.</exception>
    public static CohortEndpoint Start(IPEndPoint address, RunningCohort cohort, LivePlan plan, EndpointOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MostConnections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MostOfAddress, 1);
        return new CohortEndpoint(address, cohort, plan, options);
    }

    /// <summary>Lets every client go and listens no longer; waits for answers that are being made, not for clients.</summary>
    public void Dispose()
    {
        if (ending.IsCancellationRequested)
        {
            return;
        }

        ending.Cancel();
        acceptor.Dispose();
        connections.Close();

        // The task cannot fail; the cohort may be put away once nobody makes an answer from it.
        Task.WaitAny([serving], options.Patience);
        for (int answer = 0; answer < MostAnswers; answer++)
        {
            room.Wait(options.Patience);
        }

        metrics.Dispose();
    }

    /// <summary>Answers a request that was read.</summary>
    internal HttpReply Answer(HttpRequest request)
    {
        if (!ListenAddress.Serves(Address.Address, request.Host))
        {
            return HttpReply.Error(403, $"This is {Address}, not '{request.Host}'.");
        }

        if (!Methods.TryGetValue(request.Path, out string? method))
        {
            return HttpReply.Error(404, $"There is no {request.Path}; there are {string.Join(", ", Methods.Select(each => $"{each.Value} {each.Key}"))}.");
        }

        if (request.Method != method)
        {
            return HttpReply.Error(405, $"{request.Path} takes {method} only.") with { Allow = method };
        }

        return request.Path switch
        {
            "/state" => HttpReply.Json(200, StateDocument.Of(cohort, plan)),
            "/metrics" => new HttpReply(200, PrometheusText.ContentType, Encoding.UTF8.GetBytes(metrics.Write())),
            _ => Change(request.Body),
        };
    }

    private HttpReply Change(ReadOnlyMemory<byte> body)
    {
        PlanChange change = plan.Take(current => PlanPatch.Parse(body, current));
        if (!change.Problems.IsEmpty)
        {
            string error = change.NeedsStart ? "The plan stays as it is: this needs a new start." : "The plan stays as it is: this cannot be used.";
            return HttpReply.Json(422, new { Error = error, Problems = change.Problems.Select(problem => problem.Sentence) });
        }

        foreach (string taken in change.Taken)
        {
            notices.Tell(taken);
        }

        return HttpReply.Json(200, new { change.Taken });
    }

    /// <summary>Lets a client in, in the order of coming, and has it served elsewhere.</summary>
    private void Take(Socket client)
    {
        try
        {
            var connection = new Connection(client);
            if (connections.Add(connection))
            {
                _ = Task.Run(() => ServeAsync(connection));
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException)
        {
            // It went away between the system's queue and here, which is no reason to pause.
            client.Dispose();
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private async Task ServeAsync(Connection connection)
    {
        try
        {
            if (await AnswerAsync(connection).ConfigureAwait(false) is { } reply)
            {
                await SendAsync(connection, reply).ConfigureAwait(false);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, was let go for others, or the endpoint ends; there is nobody to answer.
            connection.Dispose();
        }
        catch (Exception defect)
        {
            // Nobody waits for this task, so an exception would be lost without a word.
            Interlocked.Increment(ref failed);
            notices.Tell($"a connection failed inside: {defect.GetType().Name}: {defect.Message}");
        }
        finally
        {
            connections.Remove(connection);
        }
    }

    private async Task<HttpReply?> AnswerAsync(Connection connection)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        string late = "The header of the request";
        limit.CancelAfter(options.Patience);
        try
        {
            (HttpRequest? request, HttpReply? refusal) = await HttpRequestReader.ReadAsync(connection.Stream, BodyFollows, limit.Token).ConfigureAwait(false);
            if (request is null)
            {
                return refusal;
            }

            return await room.WaitAsync(options.Patience, ending.Token).ConfigureAwait(false)
                ? Work(connection, request)
                : HttpReply.Error(503, "Too many requests are being answered already.");
        }
        catch (OperationCanceledException) when (!ending.IsCancellationRequested)
        {
            return HttpReply.Error(408, $"{late} did not come within {options.Patience.TotalSeconds:0.#} s.");
        }

        void BodyFollows()
        {
            late = "The body of the request";
            limit.CancelAfter(options.Patience);
        }
    }

    /// <summary>Answers with a place in the room, which it gives back.</summary>
    private HttpReply Work(Connection connection, HttpRequest request)
    {
        connections.Mark(connection, isWorkedOn: true);
        try
        {
            return Answer(request);
        }
        catch (Exception defect)
        {
            // A defect of ours must not end the run: clocks would have to be put back in haste.
            Interlocked.Increment(ref failed);
            notices.Tell($"a request failed inside: {defect.GetType().Name}: {defect.Message}");
            return HttpReply.Error(500, "This request failed inside; the run goes on.");
        }
        finally
        {
            connections.Mark(connection, isWorkedOn: false);
            room.Release();
        }
    }

    private async Task SendAsync(Connection connection, HttpReply reply)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        limit.CancelAfter(options.Patience);
        await connection.Stream.WriteAsync(reply.Bytes(), limit.Token).ConfigureAwait(false);
        Interlocked.Increment(ref answered);
        connection.EndSending();

        // Closing while the client still sends would reset the connection, and the answer with it.
        byte[] rest = new byte[4096];
        for (int left = HttpRequestReader.LargestBody; left > 0;)
        {
            int got = await connection.Stream.ReadAsync(rest, limit.Token).ConfigureAwait(false);
            if (got == 0)
            {
                return;
            }

            left -= got;
        }
    }
}
