using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Attune.Cohort.Live;

namespace Attune.Cohort.Endpoint;

/// <summary>
/// Lets a policy controller outside of the process watch and steer a running cohort over HTTP: <c>GET /state</c>, <c>PUT /plan</c>, <c>GET /metrics</c>. One request for each connection, requests of
/// limited size and time, a limited number at once; nothing that a client sends can end the run. There is no authentication, so anything but a loopback address is open to whoever reaches it.
/// Thread-safe. Dispose ends it.
/// </summary>
public sealed class CohortEndpoint : IDisposable
{
    private const int MostClients = 16;
    private static readonly ImmutableSortedDictionary<string, string> Methods = new Dictionary<string, string> { ["/state"] = "GET", ["/plan"] = "PUT", ["/metrics"] = "GET" }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private readonly TcpListener listener;
    private readonly RunningCohort cohort;
    private readonly LivePlan plan;
    private readonly EndpointOptions options;
    private readonly PrometheusText metrics;
    private readonly CancellationTokenSource ending = new();
    private readonly SemaphoreSlim room = new(MostClients);
    private readonly Task serving;

    private CohortEndpoint(TcpListener listener, RunningCohort cohort, LivePlan plan, EndpointOptions options)
    {
        this.listener = listener;
        this.cohort = cohort;
        this.plan = plan;
        this.options = options;
        Address = (IPEndPoint)listener.LocalEndpoint;
        metrics = new PrometheusText(cohort.Telemetry.Meter);
        serving = ServeAsync();
    }

    /// <summary>Where it listens; the port is the real one.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Begins to listen.</summary>
    /// <param name="address">Where; port 0 takes a free one.</param>
    /// <param name="cohort">The cohort; must outlive the endpoint.</param>
    /// <param name="plan">Its plan, which requests change.</param>
    /// <param name="options">How.</param>
    /// <exception cref="SocketException">The address cannot be listened at: it is taken, or not one of this machine.</exception>
    public static CohortEndpoint Start(IPEndPoint address, RunningCohort cohort, LivePlan plan, EndpointOptions options)
    {
        var open = new TcpListener(address);
        open.Start();
        return new CohortEndpoint(open, cohort, plan, options);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ending.IsCancellationRequested)
        {
            return;
        }

        ending.Cancel();
        listener.Stop();
        serving.Wait(options.Patience);
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
            return HttpReply.Json(422, new { Error = error, Problems = change.Problems.Select(options.Describe) });
        }

        foreach (string taken in change.Taken)
        {
            options.Notify?.Invoke(taken);
        }

        return HttpReply.Json(200, new { change.Taken });
    }

    private async Task ServeAsync()
    {
        while (!ending.IsCancellationRequested)
        {
            try
            {
                TcpClient client = await listener.AcceptTcpClientAsync(ending.Token).ConfigureAwait(false);
                _ = ServeAsync(client);
            }
            catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException refused)
            {
                // A client that is gone before it was accepted, or no descriptor left: the next one may fare better.
                options.Notify?.Invoke($"a connection could not be accepted: {refused.Message}");
                await Task.Delay(options.Pause, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
            limit.CancelAfter(options.Patience);
            try
            {
                client.NoDelay = true;
                NetworkStream stream = client.GetStream();
                HttpReply? reply = HttpReply.Error(503, $"{MostClients} requests are being answered already.");
                if (room.Wait(0))
                {
                    try
                    {
                        reply = await AnswerAsync(stream, limit.Token).ConfigureAwait(false);
                    }
                    finally
                    {
                        room.Release();
                    }
                }

                if (reply is not null)
                {
                    await SendAsync(client, stream, reply, ending.Token).ConfigureAwait(false);
                }
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The client went away, or the endpoint did; there is nobody to answer.
                limit.Cancel();
            }
        }
    }

    private async Task<HttpReply?> AnswerAsync(NetworkStream stream, CancellationToken cancellation)
    {
        try
        {
            (HttpRequest? request, HttpReply? refusal) = await HttpRequestReader.ReadAsync(stream, cancellation).ConfigureAwait(false);
            return request is null ? refusal : Answer(request);
        }
        catch (OperationCanceledException) when (!ending.IsCancellationRequested)
        {
            return HttpReply.Error(408, $"The request did not come within {options.Patience.TotalSeconds:0.#} s.");
        }
        catch (Exception defect) when (defect is not (IOException or SocketException or OperationCanceledException or ObjectDisposedException))
        {
            // A defect of ours must not end the run: clocks would have to be put back in haste.
            options.Notify?.Invoke($"a request failed inside: {defect.GetType().Name}: {defect.Message}");
            return HttpReply.Error(500, "This request failed inside; the run goes on.");
        }
    }

    private async Task SendAsync(TcpClient client, NetworkStream stream, HttpReply reply, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.Patience);
        await stream.WriteAsync(reply.Bytes(), limit.Token).ConfigureAwait(false);
        client.Client.Shutdown(SocketShutdown.Send);

        // Closing while the client still sends would reset the connection, and the answer with it.
        byte[] rest = new byte[4096];
        for (int left = HttpRequestReader.LargestBody; left > 0;)
        {
            int got = await stream.ReadAsync(rest, limit.Token).ConfigureAwait(false);
            if (got == 0)
            {
                return;
            }

            left -= got;
        }
    }
}
