using System.Collections.Immutable;

namespace Attune.Kernels;

/// <summary>Facts about weight formats.</summary>
internal static class WeightFormats
{
    /// <summary>Names of the formats that one may ask for, as options and task keys spell them.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Enum.GetValues<WeightFormat>().Where(format => format != WeightFormat.BF16).Select(NameOf)];

    /// <summary>Name of a format: f32, f16, i8 or bf16.</summary>
    public static string NameOf(WeightFormat format) => format.ToString().ToLowerInvariant();

    /// <summary>The format with one of the <see cref="Names"/>; null when there is none.</summary>
    public static WeightFormat? Find(string name)
    {
        int index = Names.IndexOf(name);
        return index < 0 ? null : (WeightFormat)index;
    }

    /// <summary>Bytes of one weight.</summary>
    public static int BytesOf(WeightFormat format) => format switch
    {
        WeightFormat.F16 or WeightFormat.BF16 => 2,
        WeightFormat.I8 => 1,
        _ => 4,
    };

    /// <summary>The elements that weights are stored as.</summary>
    public static DataType ElementOf(WeightFormat format) => format switch
    {
        WeightFormat.F16 => DataType.Float16,
        WeightFormat.I8 => DataType.Int8,
        WeightFormat.BF16 => DataType.BFloat16,
        _ => DataType.Float32,
    };

    /// <summary>The format that stores weights of layers on floats as these elements; null when none does.</summary>
    public static WeightFormat? Of(DataType element) => element switch
    {
        DataType.Float32 => WeightFormat.F32,
        DataType.Float16 => WeightFormat.F16,
        DataType.Int8 => WeightFormat.I8,
        _ => null,
    };

    /// <summary>
    /// Largest rounding error of a weight over the largest magnitude of its output channel: half a unit in the last place (f16, bf16), half a step of 127 (i8).
    /// </summary>
    public static double RoundingError(WeightFormat format) => format switch
    {
        WeightFormat.F16 => 1.0 / 2048,
        WeightFormat.I8 => 0.5 / 127,
        WeightFormat.BF16 => 1.0 / 256,
        _ => 1.0 / (1 << 24),
    };
}
