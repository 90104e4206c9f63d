using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;

namespace Attune.Tuning.Transfer;

/// <summary>
/// Features of configurations that mean the same in every task of a template and on every device (tuning.md 3.1): log2 of split factors and scales, one column
/// per further label of a choice, the template's derived quantities, and log2 descriptors of the task. Columns go by name, so a task without a knob has 0
/// there, which stands for a choice's first label. Immutable.
/// </summary>
internal sealed class TransferFeatures
{
    private readonly Space space;
    private readonly Source[] sources;

    /// <summary>Lays a task's features out in given columns, or in its own order.</summary>
    public TransferFeatures(Space space, string key, ImmutableArray<string> columns = default)
    {
        this.space = space;
        Dictionary<string, Source> own = OwnColumns(space, key);
        Columns = columns.IsDefault ? [.. own.Keys] : columns;
        sources = [.. Columns.Select(name => own.TryGetValue(name, out Source source) ? source : new Source(-1, 0, 0))];
    }

    /// <summary>Names of the columns.</summary>
    public ImmutableArray<string> Columns { get; }

    /// <summary>
    /// What tasks must have in common to be compared: their ordered knobs by name and their number of derived quantities. Choices may differ: a kernel that can
    /// be computed in one way only lacks the knob that chooses.
    /// </summary>
    public static string TemplateOf(Space space)
    {
        int coordinates = space.Knobs.Sum(knob => knob.Coordinates[0].Length);
        int derived = space.Features(FirstValid(space)).Length - coordinates;
        IEnumerable<string> ordered = space.Knobs.Where(knob => knob.Kind != KnobKind.Choice).Select(knob => $"{knob.Name}:{knob.Coordinates[0].Length}");
        return $"{string.Join(',', ordered)}+{derived}";
    }

    /// <summary>Features of one point.</summary>
    public float[] Of(long index)
    {
        double[] features = space.Features(index);
        int[] vector = space.Decode(index);
        var row = new float[sources.Length];
        for (int i = 0; i < row.Length; i++)
        {
            Source source = sources[i];
            row[i] = source.Knob >= 0 ? (vector[source.Knob] == source.At ? 1 : 0)
                : source.At > 0 ? Finite(features[source.At - 1])
                : (float)source.Constant;
        }

        return row;
    }

    private static Dictionary<string, Source> OwnColumns(Space space, string key)
    {
        var columns = new Dictionary<string, Source>(StringComparer.Ordinal);
        int at = 0;
        for (int k = 0; k < space.Knobs.Length; k++)
        {
            Knob knob = space.Knobs[k];
            int parts = knob.Coordinates[0].Length;
            if (knob.Kind == KnobKind.Choice)
            {
                for (int label = 1; label < knob.Count; label++)
                {
                    columns.Add($"{knob.Name}={knob.Labels[label]}", new Source(k, label, 0));
                }
            }
            else
            {
                for (int part = 0; part < parts; part++)
                {
                    columns.Add(parts == 1 ? knob.Name : $"{knob.Name}.{part}", new Source(-1, at + part + 1, 0));
                }
            }

            at += parts;
        }

        int all = space.Features(FirstValid(space)).Length;
        for (int derived = at; derived < all; derived++)
        {
            columns.Add($"derived.{derived - at}", new Source(-1, derived + 1, 0));
        }

        if (WeightedWorkload.TryParse(key)?.Exit is { } w)
        {
            (string Name, int Value)[] descriptors =
            [
                ("batch", w.Batch), ("in", w.GroupInChannels), ("out", w.GroupOutChannels), ("groups", w.Groups), ("rows", w.OutHeight),
                ("columns", w.OutWidth),
                ("kernel-rows", w.KernelHeight), ("kernel-columns", w.KernelWidth), ("stride", w.StrideHeight), ("dilation", w.DilationHeight),
                ("lanes", w.Lanes),
            ];
            foreach ((string name, int value) in descriptors)
            {
                columns.Add($"task.{name}", new Source(-1, 0, Math.Log2(value)));
            }
        }

        return columns;
    }

    private static long FirstValid(Space space)
    {
        // Derived quantities are defined for valid points; a space without any has features of the first point or none at all.
        for (long index = 0; index < Math.Min(space.Count, 100_000); index++)
        {
            if (space.IsValid(index))
            {
                return index;
            }
        }

        return 0;
    }

    private static float Finite(double value) => double.IsFinite(value) ? (float)Math.Clamp(value, -1e6, 1e6) : 0;

    // A choice's label when Knob >= 0; else the space's feature At - 1 when At > 0; else a constant.
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private readonly record struct Source(int Knob, int At, double Constant);
}
