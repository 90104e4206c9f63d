using Attune.Kernels;
using Attune.Passes.Quantised;

namespace Attune.Compile.Quantisation;

/// <summary>A range of real numbers that holds zero.</summary>
/// <param name="Low">Its lower end, at most 0.</param>
/// <param name="High">Its upper end, at least 0.</param>
internal readonly record struct ValueRange(float Low, float High)
{
    private const int Steps = byte.MaxValue;

    /// <summary>The least range that holds both.</summary>
    public ValueRange With(ValueRange other) => new(Math.Min(Low, other.Low), Math.Max(High, other.High));

    /// <summary>Parameters with which unsigned bytes cover the range, and zero is a byte. A range of nothing but zero gets steps of 1.</summary>
    public ByteScale Bytes()
    {
        float step = (float)(((double)High - Low) / Steps);
        return ByteScale.IsSound(step)
            ? new ByteScale(step, (int)Math.Clamp(Math.Round(-Low / step, MidpointRounding.ToEven), 0, Steps), DataType.UInt8)
            : new ByteScale(1, 0, DataType.UInt8);
    }
}
