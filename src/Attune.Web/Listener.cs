using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Attune.Web;

/// <summary>
/// Where Kestrel's connections come from: our acceptor, and a table in which idle ones give way to new ones. Kestrel's own limit would keep new ones out
/// instead.
/// </summary>
/// <param name="acceptor">Listens already.</param>
/// <param name="connections">The open connections.</param>
internal sealed class Listener(Acceptor acceptor, ConnectionTable connections) : IConnectionListenerFactory, IConnectionListener
{
    private readonly SocketConnectionContextFactory contexts = new(new SocketConnectionFactoryOptions(), NullLogger.Instance);
    private readonly CancellationTokenSource ending = new();

    /// <inheritdoc/>
    public EndPoint EndPoint => acceptor.Address;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(this);

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await acceptor.NextAsync(Take, ending.Token).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        ending.Cancel();
        acceptor.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await UnbindAsync().ConfigureAwait(false);
        contexts.Dispose();
    }

    /// <summary>Lets a client in, in the order of coming; null when it went away between the system's queue and here, which is no reason to pause.</summary>
    private ConnectionContext? Take(Socket client)
    {
        try
        {
            client.NoDelay = true;
            ConnectionContext context = contexts.Create(client);
            var connection = new Connection(context);
            context.Features.Set(connection);
            if (!connections.Add(connection))
            {
                return null;
            }

            context.ConnectionClosed.Register(() => connections.Remove(connection));
            return context;
        }
        catch (Exception gone) when (gone is IOException or SocketException)
        {
            client.Dispose();
            return null;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
