using System.Net;
using System.Net.Sockets;

namespace Attune.Cohort.Endpoint;

/// <summary>One client. Dispose closes the connection, whatever waits for it ends with an exception; may be called from any thread, more than once.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket socket;

    /// <summary>Takes over a socket that was accepted.</summary>
    /// <exception cref="SocketException">The client is gone.</exception>
    public Connection(Socket socket)
    {
        this.socket = socket;
        socket.NoDelay = true;
        Origin = OriginOf((socket.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None);
        Stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Who the client counts as: its address, or its network of 64 bits, which with IPv6 one machine has to itself.</summary>
    public string Origin { get; }

    /// <summary>What is read and written.</summary>
    public NetworkStream Stream { get; }

    /// <summary>True while its request is worked on: it is not let go for others then.</summary>
    public bool IsWorkedOn { get; set; }

    /// <summary>Says that nothing more will be sent.</summary>
    public void EndSending() => socket.Shutdown(SocketShutdown.Send);

    /// <inheritdoc/>
    public void Dispose() => Stream.Dispose();

    private static string OriginOf(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetworkV6 && !IPAddress.IsLoopback(plain)
            ? Convert.ToHexString(plain.GetAddressBytes().AsSpan(0, 8))
            : plain.ToString();
    }
}
