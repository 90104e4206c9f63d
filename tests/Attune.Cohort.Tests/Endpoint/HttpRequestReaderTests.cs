using System.Text;
using Attune.Cohort.Endpoint;

namespace Attune.Cohort.Tests.Endpoint;

public sealed class HttpRequestReaderTests
{
    [Fact]
    public async Task A_request_is_read_however_it_is_cut_into_pieces()
    {
        byte[] bytes = Encoding.ASCII.GetBytes("PUT /plan?x=1 HTTP/1.1\r\nHost: localhost:1\r\nContent-Length: 5\r\n\r\nhello");
        for (int piece = 1; piece <= bytes.Length; piece++)
        {
            (HttpRequest? request, HttpReply? refusal) = await HttpRequestReader.ReadAsync(new Pieces(bytes, piece), null, CancellationToken.None);
            refusal.ShouldBeNull();
            request.ShouldNotBeNull();
            (request.Method, request.Path, request.Host).ShouldBe(("PUT", "/plan", "localhost:1"));
            Encoding.ASCII.GetString(request.Body.Span).ShouldBe("hello");
        }
    }

    [Theory]
    [InlineData("GET /state\r\n", 400)]
    [InlineData("get /state HTTP/1.1\r\n", 400)]
    [InlineData("GET state HTTP/1.1\r\n", 400)]
    [InlineData("GET http://x/state HTTP/1.1\r\n", 400)]
    [InlineData("GET /state HTTP/2\r\n", 505)]
    [InlineData("GET /state HTTP/1.1\r\nno field\r\n", 400)]
    [InlineData("GET /state HTTP/1.1\r\nHost : x\r\n", 400)]
    [InlineData("GET /state HTTP/1.1\r\nHost: a\r\nHost: b\r\n", 400)]
    [InlineData("GET /state HTTP/1.1\r\nX: a\nb\r\n", 400)]
    [InlineData("PUT /plan HTTP/1.1\r\n", 411)]
    [InlineData("PUT /plan HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", 501)]
    [InlineData("PUT /plan HTTP/1.1\r\nContent-Length: -1\r\n", 400)]
    [InlineData("PUT /plan HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n", 400)]
    [InlineData("PUT /plan HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n", 400)]
    [InlineData("PUT /plan HTTP/1.1\r\nContent-Length: 65537\r\n", 413)]
    [InlineData("PUT /plan HTTP/1.1\r\nContent-Length: 9\r\n", 400)]
    public async Task What_is_no_request_is_answered(string head, int status)
    {
        (HttpRequest? request, HttpReply? refusal) = await HttpRequestReader.ReadAsync(new Pieces(Encoding.ASCII.GetBytes(head + "\r\n"), 4096), null, CancellationToken.None);
        request.ShouldBeNull();
        refusal.ShouldNotBeNull().Status.ShouldBe(status);
    }

    [Fact]
    public async Task Too_large_a_header_is_refused_and_silence_is_not_answered()
    {
        byte[] large = Encoding.ASCII.GetBytes($"GET /state HTTP/1.1\r\nX: {new string('x', HttpRequestReader.LargestHeader)}\r\n\r\n");
        (await HttpRequestReader.ReadAsync(new Pieces(large, 4096), null, CancellationToken.None)).Refusal.ShouldNotBeNull().Status.ShouldBe(431);
        string many = string.Concat(Enumerable.Range(0, 200).Select(i => $"A{i}: b\r\n"));
        (await HttpRequestReader.ReadAsync(new Pieces(Encoding.ASCII.GetBytes($"GET /state HTTP/1.1\r\n{many}\r\n"), 4096), null, CancellationToken.None)).Refusal.ShouldNotBeNull().Status.ShouldBe(431);
        (await HttpRequestReader.ReadAsync(new Pieces([], 1), null, CancellationToken.None)).ShouldBe((null, null));
    }

    [Fact]
    public async Task Garbage_gives_a_request_or_an_answer_and_never_an_exception()
    {
        var random = new Random(11);
        byte[] sound = Encoding.ASCII.GetBytes("PUT /plan HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\nExpect: 100-continue\r\n\r\n{\"mode\": \"balanced\"}");
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = [.. sound];
            for (int hits = random.Next(0, 8); hits > 0; hits--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (random.Next(3) == 0)
            {
                random.NextBytes(bytes);
            }

            (HttpRequest? request, HttpReply? refusal) = await HttpRequestReader.ReadAsync(new Pieces(bytes[..random.Next(1, bytes.Length + 1)], random.Next(1, 40)), null, CancellationToken.None);
            (request is null).ShouldBe(refusal is not null);
            (refusal?.Status ?? 200).ShouldBeOneOf(200, 400, 411, 413, 431, 501, 505);
        }
    }

    /// <summary>A connection that delivers a few bytes at a time and takes whatever is written.</summary>
    private sealed class Pieces(byte[] bytes, int piece) : MemoryStream
    {
        private int at;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = Math.Min(Math.Min(piece, buffer.Length), bytes.Length - at);
            bytes.AsMemory(at, count).CopyTo(buffer);
            at += count;
            return ValueTask.FromResult(count);
        }
    }
}
