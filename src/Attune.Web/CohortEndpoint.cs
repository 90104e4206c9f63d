using System.Net;
using System.Net.Sockets;
using Attune.Cohort.Live;
using Attune.Devices;

namespace Attune.Web;

/// <summary>
/// Lets a policy controller outside of the process watch and steer a running cohort over HTTP: <c>GET /state</c>, <c>PUT /plan</c>, <c>GET /metrics</c>. One
/// request for each connection, requests of
/// limited size and time, a limited number of connections at once, of which those that do nothing give way; nothing that a client sends, and nothing
/// that the system refuses, can end the run or the
/// endpoint. There is no authentication, so anything but a loopback address is open to whoever reaches it. Thread-safe. Dispose ends it and never throws.
/// </summary>
public sealed class CohortEndpoint : IDisposable
{
    private readonly EndpointOptions options;
    private readonly Notices notices;
    private readonly Acceptor acceptor;
    private readonly ConnectionTable connections;
    private readonly Listener listener;
    private readonly RequestHandler handler;
    private readonly EndpointHost host;
    private bool isDisposed;

    private CohortEndpoint(IPEndPoint address, RunningCohort cohort, LivePlan plan, EndpointOptions options)
    {
        this.options = options;
        notices = new Notices(options.Notify);
        connections = new ConnectionTable(options.MaxConnections, options.MaxOfAddress);
        acceptor = new Acceptor(options, notices.Tell, connections.MakeRoom);
        acceptor.Open(address);
        listener = new Listener(acceptor, connections);
        handler = new RequestHandler(cohort, plan, acceptor.Address, options, connections, notices);
        host = new EndpointHost(listener, handler, cohort.Meter, options.Patience);
    }

    /// <summary>Where it listens; the port is the real one.</summary>
    public IPEndPoint Address => acceptor.Address;

    /// <summary>What it went through so far.</summary>
    public EndpointFigures Figures => new(handler.Answered, connections.Dropped, acceptor.Refused, handler.Failed);

    /// <summary>Begins to listen.</summary>
    /// <param name="address">Where; port 0 takes a free one.</param>
    /// <param name="cohort">The cohort; must outlive the endpoint.</param>
    /// <param name="plan">Its plan, which requests change.</param>
    /// <param name="options">How.</param>
    /// <exception cref="SocketException">The address cannot be listened at: it is taken, or not one of this machine.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit is below 1.</exception>
    public static CohortEndpoint Start(IPEndPoint address, RunningCohort cohort, LivePlan plan, EndpointOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConnections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxOfAddress, 1);
        var endpoint = new CohortEndpoint(address, cohort, plan, options);
        endpoint.host.StartAsync().GetAwaiter().GetResult();
        return endpoint;
    }

    /// <summary>Lets every client go and listens no longer; waits for answers that are being made, not for clients.</summary>
    public void Dispose()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        try
        {
            EndAsync().GetAwaiter().GetResult();
        }
        catch (Exception defect)
        {
            // The report of the run is still to come, and needs no endpoint.
            notices.Tell($"the endpoint did not end well: {defect.GetType().Name}: {defect.Message}");
        }
    }

    private async Task EndAsync()
    {
        await listener.UnbindAsync().ConfigureAwait(false);
        connections.Close();

        // The cohort may be put away once nobody makes an answer from it.
        handler.Close();
        await host.StopAsync(options.Patience).ConfigureAwait(false);
        await host.DisposeAsync().ConfigureAwait(false);
        handler.Dispose();
    }
}
