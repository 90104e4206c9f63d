using System.Globalization;
using System.Net;

namespace Attune.Web;

/// <summary>
/// Where to listen, as users write it: <c>8421</c> or <c>localhost:8421</c> for this machine only, <c>[::1]:8421</c>, or another address of this machine.
/// Port 0 takes a free one. Stateless.
/// </summary>
public static class ListenAddress
{
    /// <summary>Reads an address; null when it is none.</summary>
    public static IPEndPoint? Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? string.Empty : text[..colon];
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > IPEndPoint.MaxPort)
        {
            return null;
        }

        if (host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return colon == 0 ? null : new IPEndPoint(IPAddress.Loopback, port);
        }

        bool bracketed = host[0] == '[' && host[^1] == ']';
        return IPAddress.TryParse(bracketed ? host[1..^1] : host, out IPAddress? address)
            && bracketed == (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
            ? new IPEndPoint(address, port)
            : null;
    }

    /// <summary>
    /// True for the address itself and the names under which this machine calls itself; what else a browser on this machine may send was put there by a page
    /// that wants to reach the endpoint.
    /// </summary>
    /// <param name="bound">Address that is listened at.</param>
    /// <param name="host">Host of a request, with or without a port; null when the client names none.</param>
    public static bool Serves(IPAddress bound, string? host)
    {
        if (host is null || !IPAddress.IsLoopback(bound))
        {
            return true;
        }

        int colon = host.LastIndexOf(':');
        string name = colon > host.LastIndexOf(']') ? host[..colon] : host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
    }
}
