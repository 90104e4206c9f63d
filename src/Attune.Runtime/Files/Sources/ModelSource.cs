namespace Attune.Runtime.Files.Sources;

/// <summary>The bytes of a tuned model, wherever they are. May be read by several threads at the same time.</summary>
internal abstract class ModelSource : IDisposable
{
    /// <summary>Number of bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Reads bytes.</summary>
    /// <param name="bytes">Receives them.</param>
    /// <param name="position">Where they begin.</param>
    /// <returns>How many were read; 0 at the end only.</returns>
    public abstract int Read(Span<byte> bytes, long position);

    /// <summary>Reads exactly as many bytes as fit.</summary>
    /// <exception cref="FileDefectException">There are fewer.</exception>
    public void Fill(Span<byte> bytes, long position)
    {
        while (!bytes.IsEmpty)
        {
            int read = Read(bytes, position);
            if (read == 0)
            {
                throw new FileDefectException(TunedModelFailure.Truncated, "it became shorter while it was read");
            }

            bytes = bytes[read..];
            position += read;
        }
    }

    /// <summary>Gives up what the source holds.</summary>
    public abstract void Dispose();
}
