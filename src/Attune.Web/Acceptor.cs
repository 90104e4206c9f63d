using System.Net;
using System.Net.Sockets;

namespace Attune.Web;

/// <summary>
/// Accepts connections for as long as it is asked to. What the system refuses (no descriptor, no memory, a client that is gone) is counted, told, and
/// tried again after a pause that grows; should the listening socket itself be lost, another one is opened at the same address. Kestrel's own accepting would
/// try again
/// without a pause, or end. One caller. Dispose ends it.
/// </summary>
/// <param name="options">Pauses, whom to tell.</param>
/// <param name="tell">Told what goes wrong; must not throw.</param>
/// <param name="makeRoom">Called when the system refuses: gives back a descriptor if it can.</param>
internal sealed class Acceptor(EndpointOptions options, Action<string> tell, Action makeRoom) : IDisposable
{
    private const int Backlog = 256;

    // A listener that has refused so often in a row, and not for want of room, may be lost. Opening another one resets clients that wait, so it is
    // not done sooner.
    private const int Suspicious = 16;
    private Socket? listener;
    private long refused;

    /// <summary>Where it listens; the port is the real one.</summary>
    public IPEndPoint Address { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Times that the system accepted no connection.</summary>
    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Begins to listen.</summary>
    /// <exception cref="SocketException">The address cannot be listened at.</exception>
    public void Open(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            socket.Listen(Backlog);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        listener = socket;
        Address = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>Waits for the next client, whatever the system refuses meanwhile; never throws.</summary>
    /// <param name="take">Takes the socket over, and disposes of it when it throws; null for a client that is gone or not let in.</param>
    /// <param name="ending">Ends it.</param>
    /// <returns>What was made of the socket; null when it is to end.</returns>
    public async Task<T?> NextAsync<T>(Func<Socket, T?> take, CancellationToken ending)
        where T : class
    {
        for (int inARow = 0; !ending.IsCancellationRequested;)
        {
            try
            {
                if (take(await options.Accept(listener!, ending).ConfigureAwait(false)) is { } taken)
                {
                    return taken;
                }

                inARow = 0;
                continue;
            }
            catch (Exception refusal)
            {
                // Whatever it is: an endpoint that stops to accept would be dead without a word, and an exception here would be lost.
                if (ending.IsCancellationRequested)
                {
                    break;
                }

                inARow++;
                Note(refusal, inARow);
            }

            TimeSpan pause = options.Pause * Math.Pow(2, Math.Min(inARow - 1, 20));
            await Task.Delay(pause < options.LongestPause ? pause : options.LongestPause, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // It may have been opened anew after the end was asked for.
        Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => listener?.Dispose();

    private static bool IsWantOfRoom(Exception refusal) =>
        refusal is OutOfMemoryException or SocketException { SocketErrorCode: SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable };

    private static bool IsLoss(Exception refusal) =>
        refusal is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.NotSocket or SocketError.OperationAborted };

    private void Note(Exception refusal, int inARow)
    {
        long count = Interlocked.Increment(ref refused);
        if (IsPowerOfTen(count))
        {
            tell($"a connection could not be accepted ({count} so far); it is tried again: {refusal.Message}");
        }

        if (IsWantOfRoom(refusal))
        {
            makeRoom();
        }
        else if (IsLoss(refusal) || inARow % Suspicious == 0)
        {
            Reopen();
        }
    }

    private void Reopen()
    {
        listener?.Dispose();
        try
        {
            Open(Address);
        }
        catch (Exception refusal) when (refusal is SocketException or OutOfMemoryException)
        {
            // The next round fails on the disposed listener and comes here again.
            tell($"{Address} could not be listened at again, which is tried again: {refusal.Message}");
        }
    }

    private static bool IsPowerOfTen(long count)
    {
        while (count % 10 == 0)
        {
            count /= 10;
        }

        return count == 1;
    }
}
