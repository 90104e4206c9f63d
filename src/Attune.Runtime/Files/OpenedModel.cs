using Attune.Kernels;
using Attune.Runtime.Files.Container;
using Attune.Runtime.Files.Sources;
using Attune.Runtime.Files.Weights;

namespace Attune.Runtime.Files;

/// <summary>A tuned model that is open: large weights are still in it, to be read piece by piece, and its weights' checksum is still to be compared.</summary>
internal sealed class OpenedModel(TunedModel model, ModelSource source, long content, ContainerEntry weights) : IDisposable
{
    private readonly uint[] checksums = new uint[(int)((weights.Length + WeightLayout.ChunkBytes - 1) / WeightLayout.ChunkBytes)];

    /// <summary>The model; elements of its large constants are <see cref="Tensor.Stored"/>.</summary>
    public TunedModel Model => model;

    /// <summary>Number of parts whose checksums may be computed at the same time.</summary>
    public int Parts => checksums.Length;

    /// <summary>Computes the checksum of one part.</summary>
    /// <exception cref="FileDefectException">The source became shorter.</exception>
    public void Sum(int part)
    {
        long begin = (long)part * WeightLayout.ChunkBytes;
        checksums[part] = WeightTransfer.Sum(source, content + begin, Math.Min(WeightLayout.ChunkBytes, weights.Length - begin));
    }

    /// <summary>Compares the checksum of all parts, which must have been computed.</summary>
    /// <exception cref="FileDefectException">It does not match.</exception>
    public void Compare()
    {
        uint crc = 0;
        for (int part = 0; part < checksums.Length; part++)
        {
            crc = Crc32.Combine(crc, checksums[part], Math.Min(WeightLayout.ChunkBytes, weights.Length - ((long)part * WeightLayout.ChunkBytes)));
        }

        if (crc != weights.Crc)
        {
            throw new FileDefectException(TunedModelFailure.Corrupt, $"the checksum of its '{weights.Name}' does not match");
        }
    }

    /// <summary>Computes and compares the checksum: what failed on damaged weights failed because of the damage.</summary>
    /// <exception cref="FileDefectException">It does not match.</exception>
    public void RequireIntact()
    {
        for (int part = 0; part < Parts; part++)
        {
            Sum(part);
        }

        Compare();
    }

    public void Dispose() => source.Dispose();
}
