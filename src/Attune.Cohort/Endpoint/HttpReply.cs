using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Attune.Cohort.Endpoint;

/// <summary>An answer to a request.</summary>
/// <param name="Status">Status code.</param>
/// <param name="ContentType">Type of the body.</param>
/// <param name="Body">The body.</param>
internal sealed record HttpReply(int Status, string ContentType, byte[] Body)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Methods that the path knows, for status 405; null otherwise.</summary>
    public string? Allow { get; init; }

    /// <summary>A JSON document with keys in snake case.</summary>
    public static HttpReply Json(int status, object document) => new(status, "application/json; charset=utf-8", [.. JsonSerializer.SerializeToUtf8Bytes(document, Options), (byte)'\n']);

    /// <summary>An error with one sentence.</summary>
    public static HttpReply Error(int status, string message) => Json(status, new { Error = message });

    /// <summary>The answer as it goes over the line; the connection ends after it.</summary>
    public byte[] Bytes()
    {
        var head = new StringBuilder();
        head.Append("HTTP/1.1 ").Append(Status).Append(' ').Append(Reason(Status)).Append("\r\nContent-Type: ").Append(ContentType).Append("\r\nContent-Length: ").Append(Body.Length)
            .Append("\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n");
        if (Allow is not null)
        {
            head.Append("Allow: ").Append(Allow).Append("\r\n");
        }

        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. Body];
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        422 => "Unprocessable Content",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Answer",
    };
}
