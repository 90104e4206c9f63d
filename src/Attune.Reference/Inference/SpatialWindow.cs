using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Kernel, strides, dilations and pads of a sliding window over the spatial axes, as convolutions and pools share them.</summary>
/// <param name="Kernel">Extents of the window.</param>
/// <param name="Strides">Steps between positions.</param>
/// <param name="Dilations">Steps within the window.</param>
/// <param name="Pads">Pads: begins of all axes, then ends.</param>
/// <param name="AutoPad">NOTSET, VALID, SAME_UPPER or SAME_LOWER; the pads count only for NOTSET.</param>
/// <param name="Ceil">True when a last window that is only partly inside counts.</param>
internal sealed record SpatialWindow(long[] Kernel, long[] Strides, long[] Dilations, long[] Pads, string AutoPad, bool Ceil)
{
    // Far beyond any real window, and small enough that no product of two of them leaves 64 bits.
    private const long Largest = 1 << 20;

    /// <summary>Reads the attributes; the kernel comes from them or from the weights.</summary>
    /// <param name="attributes">Attributes of the node.</param>
    /// <param name="kernel">Extents of the window when weights have them, else null.</param>
    /// <param name="rank">Number of spatial axes.</param>
    /// <param name="require">Told of every rule whether it holds, and what is wrong if not.</param>
    public static SpatialWindow Read(Attributes attributes, long[]? kernel, int rank, Action<bool, string> require)
    {
        long[] Of(string name, int count, long absent)
        {
            long[] values = attributes.Ints(name) is { } list ? [.. list] : [.. Enumerable.Repeat(absent, count)];
            require(values.Length == count, $"The attribute {name} has {values.Length} entries instead of {count}.");
            return values;
        }

        require(rank >= 1, "The input has no spatial axes.");
        kernel ??= attributes.Has("kernel_shape") ? Of("kernel_shape", rank, 1) : null;
        require(kernel is not null && kernel.Length == rank, $"The kernel needs {rank} spatial axes.");
        if (attributes.Ints("kernel_shape") is { } stated)
        {
            require(stated.AsSpan().SequenceEqual(kernel), $"kernel_shape {string.Join('x', stated)} differs from the weights' {string.Join('x', kernel!)}.");
        }

        var window = new SpatialWindow(
            kernel!,
            Of("strides", rank, 1),
            Of("dilations", rank, 1),
            Of("pads", 2 * rank, 0),
            attributes.Text("auto_pad", "NOTSET"),
            attributes.Int("ceil_mode", 0) != 0);
        require(Array.TrueForAll(window.Kernel, value => value is >= 1 and <= int.MaxValue), $"A kernel extent is outside 1 to {int.MaxValue}.");
        require(Array.TrueForAll(window.Strides, value => value is >= 1 and <= Largest), $"A stride is outside 1 to {Largest}.");
        require(Array.TrueForAll(window.Dilations, value => value is >= 1 and <= Largest), $"A dilation is outside 1 to {Largest}.");
        require(Array.TrueForAll(window.Pads, value => value is >= 0 and <= Largest), $"A pad is outside 0 to {Largest}.");
        require(window.AutoPad is "NOTSET" or "VALID" or "SAME_UPPER" or "SAME_LOWER" or "", $"auto_pad '{window.AutoPad}' is unknown.");
        return window;
    }

    /// <summary>Extent that the window covers along an axis.</summary>
    public long Reach(int axis) => checked(((Kernel[axis] - 1) * Dilations[axis]) + 1);

    /// <summary>Number of window positions along an axis; below one when the window does not fit.</summary>
    public long Output(int axis, long input)
    {
        switch (AutoPad)
        {
            case "SAME_UPPER" or "SAME_LOWER":
                return (input + Strides[axis] - 1) / Strides[axis];
            case "VALID":
                return FloorDivide(input - Reach(axis), Strides[axis]) + 1;
        }

        long begin = Pads[axis];
        long span = checked(input + begin + Pads[axis + Kernel.Length] - Reach(axis));
        if (!Ceil)
        {
            return FloorDivide(span, Strides[axis]) + 1;
        }

        long positions = FloorDivide(span + Strides[axis] - 1, Strides[axis]) + 1;
        // A last window that starts in the padding after the input would see nothing of it.
        return (positions - 1) * Strides[axis] >= input + begin ? positions - 1 : positions;
    }

    /// <summary>Pads in numbers, begins then ends, whatever auto_pad says.</summary>
    public long[] ExplicitPads(ReadOnlySpan<long> input)
    {
        if (AutoPad is not ("SAME_UPPER" or "SAME_LOWER"))
        {
            return AutoPad == "VALID" ? new long[Pads.Length] : Pads;
        }

        var pads = new long[Pads.Length];
        for (int axis = 0; axis < Kernel.Length; axis++)
        {
            long total = Math.Max(0, ((Output(axis, input[axis]) - 1) * Strides[axis]) + Reach(axis) - input[axis]);
            long small = total / 2;
            pads[axis] = AutoPad == "SAME_UPPER" ? small : total - small;
            pads[axis + Kernel.Length] = total - pads[axis];
        }

        return pads;
    }

    private static long FloorDivide(long value, long divisor) => (long)Math.Floor((decimal)value / divisor);
}
