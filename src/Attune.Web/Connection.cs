using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Attune.Web;

/// <summary>One client, as the table of connections knows it; Kestrel reads and writes.</summary>
/// <param name="context">Kestrel's side of it.</param>
internal sealed class Connection(ConnectionContext context)
{
    /// <summary>Who the client counts as: its address, or its network of 64 bits, which with IPv6 one machine has to itself.</summary>
    public string Origin { get; } = OriginOf((context.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None);

    /// <summary>True while its request is worked on: it is not let go for others then.</summary>
    public bool IsWorkedOn { get; set; }

    /// <summary>Closes the connection without a word; whatever waits for it ends. May be called from any thread, more than once.</summary>
    public void Abort() => context.Abort(new ConnectionAbortedException("let go"));

    private static string OriginOf(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetworkV6 && !IPAddress.IsLoopback(plain)
            ? Convert.ToHexString(plain.GetAddressBytes().AsSpan(0, 8))
            : plain.ToString();
    }
}
