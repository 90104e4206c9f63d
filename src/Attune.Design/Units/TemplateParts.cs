using Attune.Compile;
using Attune.Compile.Quantisation.Mixed;
using Attune.Design.Spaces;
using Attune.Kernels;

namespace Attune.Design.Units;

/// <summary>
/// Cuts networks of a template into parts whose units depend on few sizes: stem, blocks, tail. A sum over units is then a sum over parts seen before, which
/// takes under a microsecond and no graph. Immutable; thread-safe.
/// </summary>
internal sealed class TemplateParts(DesignSpace space, MobileNetTemplate template)
{
    private const int Bits = 4;
    private readonly TemplateGenes genes = new(template, space);

    /// <summary>Most parts of a design.</summary>
    public int Max { get; } = template.Stages.Sum(stage => stage.Blocks) + 2;

    /// <summary>The parts of a design in order.</summary>
    /// <param name="choices">Its genes.</param>
    /// <param name="keys">Receives them.</param>
    /// <returns>Their number.</returns>
    public int Of(ReadOnlySpan<int> choices, Span<BlockKey> keys)
    {
        int rows = genes.Resolution(choices);
        int channels = genes.Stem(choices);
        keys[0] = new BlockKey(0, 0, channels, 3, 0, 2, rows, Formatted(WeightFormat.F32, genes.StemPrecision(choices)), 0);
        rows = Strided(rows, 2);
        int count = 1;
        for (int s = 0; s < template.Stages.Length; s++)
        {
            int wanted = genes.Channels(s, choices);
            int format = Formatted(genes.Format(s, choices), genes.Precision(s, choices));
            int depth = genes.Depth(s, choices);
            for (int b = 0; b < depth; b++)
            {
                int stride = b == 0 ? template.Stages[s].Stride : 1;
                int kernel = genes.Kernel(s, b, choices);
                int wide = Math.Max(1, (int)Math.Round(channels * genes.Expansion(s, b, choices), MidpointRounding.AwayFromZero));
                if (wide == channels)
                {
                    keys[count - 1] = keys[count - 1] with { Follower = kernel };
                }

                keys[count++] = new BlockKey(1, channels, wanted, kernel, wide, stride, rows, format, 0);
                channels = wanted;
                rows = Strided(rows, stride);
            }
        }

        keys[count++] = new BlockKey(2, channels, 0, 0, 0, 0, rows, Formatted(WeightFormat.F32, genes.TailPrecision(choices)), genes.Head(choices));
        WithNeighbours(keys[..count]);
        return count;
    }

    /// <summary>Position of the part that every unit belongs to.</summary>
    /// <param name="units">Units in order of execution.</param>
    public static int[] Assign(IReadOnlyList<ModelUnit> units)
    {
        int[] parts = new int[units.Count];
        int current = 0;
        string prefix = string.Empty;
        bool tail = false;
        for (int i = 0; i < parts.Length; i++)
        {
            string name = units[i].Name;
            string block = BlockOf(name);
            if (block.Length > 0 && block != prefix)
            {
                (prefix, current) = (block, current + 1);
            }
            else if (!tail
                && prefix.Length > 0
                && block.Length == 0
                && (name.StartsWith("head") || name.StartsWith("pool") || name.StartsWith("flatten") || name.StartsWith("classifier")))
            {
                (tail, current) = (true, current + 1);
            }

            parts[i] = current;
        }

        return parts;
    }

    // "s3.b2.expand" gives "s3.b2".
    private static string BlockOf(string name)
    {
        int first = name.IndexOf('.');
        int second = first < 0 ? -1 : name.IndexOf('.', first + 1);
        return second > 0 && name[0] == 's' && name.Length > first + 1 && name[first + 1] == 'b' && char.IsAsciiDigit(name[1]) ? name[..second] : string.Empty;
    }

    private static int Formatted(WeightFormat format, LayerPrecision precision) => (int)format + ((int)precision << Bits);

    // A value is stored as what reads it wants it, and a sum at the end of a block is on bytes only if the block behind it is.
    private static void WithNeighbours(Span<BlockKey> keys)
    {
        int before = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            int own = Precision(keys, i);
            int around = (((before << Bits) + Precision(keys, i + 1)) << Bits) + Precision(keys, i + 2);
            keys[i] = keys[i] with { Format = keys[i].Format + (around << (2 * Bits)) };
            before = own;
        }
    }

    private static int Precision(ReadOnlySpan<BlockKey> keys, int i) => i < keys.Length ? (keys[i].Format >> Bits) & ((1 << Bits) - 1) : 0;

    private static int Strided(int rows, int stride) => ((rows - 1) / stride) + 1;
}
