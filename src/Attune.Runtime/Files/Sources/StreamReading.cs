namespace Attune.Runtime.Files.Sources;

/// <summary>Reads streams to their end, since weights are read in any order. Stateless.</summary>
internal static class StreamReading
{
    private const int BlockBytes = 1 << 18;

    /// <summary>What is left of a stream.</summary>
    /// <exception cref="IOException">The stream fails, or is longer than an array can be.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static ReadOnlyMemory<byte> ReadAll(Stream stream, CancellationToken cancellation)
    {
        MemoryStream memory = RoomFor(stream);
        var block = new byte[BlockBytes];
        for (int count = stream.Read(block); count > 0; count = stream.Read(block))
        {
            cancellation.ThrowIfCancellationRequested();
            memory.Write(block, 0, count);
        }

        return Content(memory);
    }

    /// <summary>What is left of a stream.</summary>
    /// <exception cref="IOException">The stream fails, or is longer than an array can be.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAllAsync(Stream stream, CancellationToken cancellation)
    {
        MemoryStream memory = RoomFor(stream);
        await stream.CopyToAsync(memory, BlockBytes, cancellation).ConfigureAwait(false);
        return Content(memory);
    }

    private static MemoryStream RoomFor(Stream stream) => stream.CanSeek ? new((int)Math.Clamp(stream.Length - stream.Position, 0, Array.MaxLength)) : new();

    private static ReadOnlyMemory<byte> Content(MemoryStream memory) => memory.GetBuffer().AsMemory(0, (int)memory.Length);
}
