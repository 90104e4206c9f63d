using System.Net.Sockets;
using System.Text;

namespace Attune.Devices.Knobs.Remote;

/// <summary>Lines over a connection, of limited length, whole or not at all. One caller at a time. Dispose closes the connection.</summary>
/// <param name="socket">The connection; owned.</param>
/// <param name="longest">Longest line that is read, characters.</param>
internal sealed class LineSocket(Socket socket, int longest) : IDisposable
{
    private readonly byte[] buffer = new byte[4096];
    private int at;
    private int end;

    /// <summary>Reads a line.</summary>
    /// <returns>Null when the other side has ended, or sent a line that is too long or no ASCII.</returns>
    /// <exception cref="SocketException">The connection broke, or nothing came for as long as it may take.</exception>
    public string? Read()
    {
        var line = new StringBuilder();
        while (true)
        {
            if (at == end)
            {
                (at, end) = (0, socket.Receive(buffer));
                if (end == 0)
                {
                    return null;
                }
            }

            byte symbol = buffer[at++];
            if (symbol == '\n')
            {
                return line.ToString();
            }

            if (symbol is < 32 or > 126 || line.Length == longest)
            {
                return null;
            }

            line.Append((char)symbol);
        }
    }

    /// <summary>Writes a line.</summary>
    /// <exception cref="SocketException">The other side has ended.</exception>
    public void Write(string line)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(line + "\n");
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += socket.Send(bytes.AsSpan(sent));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
