using System.Runtime.InteropServices;
using Attune.Kernels;
using Attune.Runtime.Files.Sources;

namespace Attune.Runtime.Files.Weights;

/// <summary>32-bit floats that lie in a tuned-model file; readable until the file is closed.</summary>
internal sealed class FileElements(ModelSource source, long position, int count) : StoredElements
{
    /// <summary>Constants of fewer elements are read at once: asking the system for them costs more than copying them.</summary>
    public const int Worthwhile = 1 << 12;

    public override int Count => count;

    public override void Read(long first, Span<float> target)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + target.Length, count);
        source.Fill(MemoryMarshal.AsBytes(target), position + (first * sizeof(float)));
    }

    protected override Array Load()
    {
        float[] elements = GC.AllocateUninitializedArray<float>(count);
        Read(0, elements);
        return elements;
    }
}
