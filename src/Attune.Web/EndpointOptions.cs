using System.Net.Sockets;

namespace Attune.Web;

/// <summary>How an endpoint serves.</summary>
public sealed record EndpointOptions
{
    /// <summary>
    /// Longest time for reading the header of a request, again for its body, again for waiting until it is answered, and again for sending the
    /// answer. Default 5 s.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most connections at once, at least 1; a new one takes the place of the oldest one of whoever has most. Default 128.</summary>
    public int MaxConnections { get; init; } = 128;

    /// <summary>
    /// Most connections of one address (of one network of 64 bits, IPv6) at once, at least 1; a new one takes the place of its oldest. Default 64.
    /// </summary>
    public int MaxOfAddress { get; init; } = 64;

    /// <summary>
    /// Time before the next attempt when the system accepts no connection; doubled with each failure in a row, up to <see cref="LongestPause"/>.
    /// Default 20 ms.
    /// </summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Longest time between two attempts. Default 1 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Told what requests changed, and what failed. Called on any thread; null for nobody.</summary>
    public Action<string>? Notify { get; init; }

    /// <summary>How a connection is accepted; tests let the system refuse.</summary>
    internal Func<Socket, CancellationToken, ValueTask<Socket>> Accept { get; init; } = (listener, cancellation) => listener.AcceptAsync(cancellation);
}
