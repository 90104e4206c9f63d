using System.Text;

namespace Attune.Cohort.Endpoint;

/// <summary>
/// Reads one request of HTTP/1.0 or 1.1 (RFC 9112) from a client that may be anybody: header and body have limits, bodies need a length, and whatever is not exactly a request is answered, never
/// guessed at. Stateless.
/// </summary>
internal static class HttpRequestReader
{
    /// <summary>Most bytes of request line and header together.</summary>
    public const int LargestHeader = 8 << 10;

    /// <summary>Most bytes of a body.</summary>
    public const int LargestBody = 64 << 10;

    private const int MostFields = 100;
    private static readonly byte[] EndOfHeader = "\r\n\r\n"u8.ToArray();

    /// <summary>Reads a request.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="bodyFollows">Told when the header has been read and a body is waited for; null for nobody.</param>
    /// <param name="cancellation">Ends the wait for a client that does not send.</param>
    /// <returns>The request, or the answer to what is none; neither when the client went away without a word.</returns>
    public static async Task<(HttpRequest? Request, HttpReply? Refusal)> ReadAsync(Stream stream, Action? bodyFollows, CancellationToken cancellation)
    {
        byte[] buffer = new byte[LargestHeader];
        int have = 0;
        int header = -1;
        while (header < 0)
        {
            int got = have == buffer.Length ? 0 : await stream.ReadAsync(buffer.AsMemory(have), cancellation).ConfigureAwait(false);
            if (got == 0)
            {
                return (null, have == buffer.Length ? HttpReply.Error(431, $"The header has more than {LargestHeader} bytes.") : have == 0 ? null : HttpReply.Error(400, "The request ends within its header."));
            }

            // What was there before has been searched; the end may lie across the border.
            int from = Math.Max(0, have - EndOfHeader.Length + 1);
            have += got;
            header = buffer.AsSpan(from, have - from).IndexOf(EndOfHeader) is >= 0 and var at ? from + at : -1;
        }

        (HttpRequest? request, int length, bool waits, HttpReply? refusal) = Parse(Encoding.Latin1.GetString(buffer, 0, header));
        if (request is null || length == 0)
        {
            return (request, refusal);
        }

        bodyFollows?.Invoke();
        byte[] body = new byte[length];
        int filled = Math.Min(length, have - header - EndOfHeader.Length);
        buffer.AsSpan(header + EndOfHeader.Length, filled).CopyTo(body);
        if (waits && filled == 0)
        {
            await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellation).ConfigureAwait(false);
        }

        while (filled < length)
        {
            int got = await stream.ReadAsync(body.AsMemory(filled), cancellation).ConfigureAwait(false);
            if (got == 0)
            {
                return (null, HttpReply.Error(400, $"The body ends after {filled} of {length} bytes."));
            }

            filled += got;
        }

        return (request with { Body = body }, null);
    }

    /// <summary>Reads request line and fields.</summary>
    /// <param name="head">Both, without the empty line after them.</param>
    /// <returns>The request without its body, the body's length, whether the client waits for leave to send it; or the answer to what is no request.</returns>
    public static (HttpRequest? Request, int Length, bool Waits, HttpReply? Refusal) Parse(string head)
    {
        string[] lines = head.Split("\r\n");
        string[] parts = lines[0].Split(' ');
        if (parts.Length != 3 || parts[0].Length == 0 || !parts[0].All(char.IsAsciiLetterUpper) || !parts[1].StartsWith('/') || !parts[2].StartsWith("HTTP/", StringComparison.Ordinal) || HasControls(lines[0]))
        {
            return Refuse(400, "The first line is no request line: METHOD /path HTTP/1.1.");
        }

        if (parts[2] is not ("HTTP/1.0" or "HTTP/1.1"))
        {
            return Refuse(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
        }

        if (lines.Length > MostFields + 1)
        {
            return Refuse(431, $"The header has more than {MostFields} fields.");
        }

        string? host = null;
        string? length = null;
        bool waits = false;
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':');
            if (colon <= 0 || line.AsSpan(0, colon).IndexOfAny(" \t") >= 0 || HasControls(line))
            {
                return Refuse(400, "A line of the header is no field: name, colon, value.");
            }

            string value = line[(colon + 1)..].Trim(' ', '\t');
            switch (line[..colon].ToLowerInvariant())
            {
                case "host" when host is null:
                    host = value;
                    break;
                case "content-length" when length is null || length == value:
                    length = value;
                    break;
                case "host" or "content-length":
                    return Refuse(400, "A field of the header comes twice.");
                case "transfer-encoding":
                    return Refuse(501, "Bodies in chunks are not read here; send a Content-Length.");
                case "expect":
                    waits = value.Equals("100-continue", StringComparison.OrdinalIgnoreCase);
                    break;
                default:
                    break;
            }
        }

        int count = 0;
        if (length is not null && (length.Length is 0 or > 18 || !length.All(char.IsAsciiDigit)))
        {
            return Refuse(400, "The Content-Length is no number.");
        }

        if (length is not null && long.Parse(length, System.Globalization.CultureInfo.InvariantCulture) is var asked)
        {
            if (asked > LargestBody)
            {
                return Refuse(413, $"The body has {asked} bytes; at most {LargestBody} are read.");
            }

            count = (int)asked;
        }
        else if (parts[0] is "PUT" or "POST" or "PATCH")
        {
            return Refuse(411, "A body needs a Content-Length.");
        }

        int query = parts[1].IndexOf('?');
        return (new HttpRequest(parts[0], query < 0 ? parts[1] : parts[1][..query], host, default), count, waits, null);
    }

    private static bool HasControls(string line) => line.Any(symbol => symbol != '\t' && char.IsControl(symbol));

    private static (HttpRequest?, int, bool, HttpReply?) Refuse(int status, string why) => (null, 0, false, HttpReply.Error(status, why));
}
