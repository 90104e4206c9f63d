using System.Collections.Immutable;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Attune.Design.Search;
using Attune.Devices;

namespace Attune.Design.Spaces;

/// <summary>
/// A family of networks: genes, rules, and how a network comes from a design. A design has one canonical form (unused genes at their first value), whose
/// SHA-256 names it for ever: records of one design meet under one id whatever wrote them. Immutable; thread-safe.
/// </summary>
public sealed class DesignSpace : IGeneSpace
{
    private const int Attempts = 1000;
    private const int FewDesigns = 1 << 16;
    private readonly Dictionary<string, int> positions = new(StringComparer.Ordinal);

    /// <summary>Makes a space.</summary>
    /// <param name="family">Name of the family.</param>
    /// <param name="genes">Genes with different names, at least one.</param>
    /// <param name="rules">Rules, those of the build included.</param>
    /// <param name="build">How a network comes from a design.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or a gene has no values.</exception>
    public DesignSpace(string family, ImmutableArray<Gene> genes, ImmutableArray<SpaceRule> rules, DesignBuild build)
    {
        Family = family;
        Genes = genes;
        Rules = rules;
        Build = build;
        for (int i = 0; i < genes.Length; i++)
        {
            if (genes[i].Values.IsEmpty || !positions.TryAdd(genes[i].Id, i))
            {
                throw new ArgumentException($"Gene '{genes[i].Id}' of '{family}' occurs twice or has no values.", nameof(genes));
            }
        }
    }

    /// <summary>Name of the family.</summary>
    public string Family { get; }

    /// <summary>Genes in order.</summary>
    public ImmutableArray<Gene> Genes { get; }

    /// <summary>Rules.</summary>
    public ImmutableArray<SpaceRule> Rules { get; }

    /// <summary>How a network comes from a design.</summary>
    public DesignBuild Build { get; }

    /// <summary>Points before any rule: the product of the genes' numbers of values.</summary>
    public BigInteger Points => Genes.Aggregate(BigInteger.One, (product, gene) => product * gene.Values.Length);

    /// <summary>Position of a gene; -1 when there is none of this name.</summary>
    public int Find(string gene) => positions.GetValueOrDefault(gene, -1);

    /// <summary>Value of a gene as text; null when the space has no such gene.</summary>
    public string? ValueOf(SpacePoint point, string gene) => Find(gene) is >= 0 and int position ? Genes[position].Values[point[position]] : null;

    /// <summary>The canonical form: every unused gene at its first value.</summary>
    /// <param name="point">A point of this space.</param>
    /// <exception cref="ArgumentException">The point has another number of genes, or a value that does not exist.</exception>
    public SpacePoint Canonical(SpacePoint point)
    {
        CheckRanges(point);
        int[] choices = [.. point.Choices];
        Canonicalise(choices);
        return choices.AsSpan().SequenceEqual(point.Choices.AsSpan()) ? point : new SpacePoint([.. choices]);
    }

    /// <inheritdoc/>
    public void Canonicalise(Span<int> genes)
    {
        bool changed = true;
        while (changed)
        {
            // Ends: a rule only ever sets genes to their first value, so each round that changes something leaves fewer to change.
            changed = false;
            foreach (SpaceRule rule in Rules)
            {
                if (!rule.Unused.IsEmpty && rule.Applies(genes))
                {
                    foreach (int gene in rule.Unused)
                    {
                        changed |= genes[gene] != 0;
                        genes[gene] = 0;
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    public bool IsAllowed(ReadOnlySpan<int> genes) => Broken(genes) is null;

    int IGeneSpace.Genes => Genes.Length;

    int IGeneSpace.ValuesOf(int gene) => Genes[gene].Values.Length;

    /// <summary>The first rule that a point breaks, in words; null when it breaks none.</summary>
    public string? Problem(SpacePoint point)
    {
        ReadOnlySpan<int> choices = Canonical(point).Choices.AsSpan();
        if (Broken(choices) is not ({ } rule, { } required))
        {
            return null;
        }

        Gene gene = Genes[required.Gene];
        string allowed = string.Join(", ", required.Choices.Select(choice => gene.Values[choice]));
        return $"{gene.Id} is {gene.Values[choices[required.Gene]]} but must be one of "
            + $"{allowed}{(rule.Reason.Length > 0 ? $" ({rule.Reason})" : string.Empty)}";
    }

    /// <summary>The canonical form as text, one line per gene: what the id is made of.</summary>
    public string TextOf(SpacePoint point)
    {
        SpacePoint canonical = Canonical(point);
        var text = new StringBuilder("attune-design-1\n").Append(Family).Append('\n').Append(Build.Identity).Append('\n');
        for (int i = 0; i < Genes.Length; i++)
        {
            text.Append(Genes[i].Id).Append('=').Append(Genes[i].Values[canonical[i]]).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Name of a design: SHA-256 of <see cref="TextOf"/>, lower-case hexadecimal.</summary>
    public string IdOf(SpacePoint point) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(TextOf(point))));

    /// <summary>Values by gene name, as records and commands of users have them.</summary>
    public ImmutableSortedDictionary<string, string> Describe(SpacePoint point)
    {
        SpacePoint canonical = Canonical(point);
        return Genes.Select((gene, i) => KeyValuePair.Create(gene.Id, gene.Values[canonical[i]])).ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    /// <summary>Reads values by gene name back; the reason when a gene is missing, unknown, or has no such value.</summary>
    public Result<SpacePoint, string> Parse(IReadOnlyDictionary<string, string> values)
    {
        if (values.Keys.FirstOrDefault(name => Find(name) < 0) is { } unknown)
        {
            return $"there is no gene '{unknown}'";
        }

        int[] choices = new int[Genes.Length];
        for (int i = 0; i < choices.Length; i++)
        {
            if (!values.TryGetValue(Genes[i].Id, out string? text))
            {
                return $"gene '{Genes[i].Id}' is missing";
            }

            choices[i] = Genes[i].Values.IndexOf(text);
            if (choices[i] < 0)
            {
                return $"gene '{Genes[i].Id}' has no value '{text}'";
            }
        }

        return Canonical(new SpacePoint([.. choices]));
    }

    /// <summary>A random valid design in canonical form: genes uniform, points that break a rule drawn again.</summary>
    /// <param name="random">Source of chance.</param>
    /// <exception cref="InvalidOperationException">The rules leave nearly nothing.</exception>
    public SpacePoint Sample(Random random) =>
        FirstValid(() => new SpacePoint([.. Genes.Select(gene => random.Next(gene.Values.Length))]), Attempts)
        ?? throw new InvalidOperationException($"None of {Attempts} random designs of '{Family}' obeys its rules; they leave (nearly) nothing.");

    /// <summary>A valid design near another one: every gene changes with a probability, at least one does where anything can.</summary>
    /// <param name="parent">A design.</param>
    /// <param name="random">Source of chance.</param>
    /// <param name="probability">Probability of each gene to change, 0 to 1.</param>
    public SpacePoint Mutate(SpacePoint parent, Random random, double probability)
    {
        SpacePoint? child = FirstValid(
            () =>
            {
                int[] choices = [.. parent.Choices];
                int sure = random.Next(Genes.Length);
                for (int i = 0; i < choices.Length; i++)
                {
                    int count = Genes[i].Values.Length;
                    if (count > 1 && (i == sure || random.NextDouble() < probability))
                    {
                        choices[i] = (choices[i] + 1 + random.Next(count - 1)) % count;
                    }
                }

                return new SpacePoint([.. choices]);
            },
            Attempts);
        return child ?? Canonical(parent);
    }

    /// <summary>A valid design each of whose genes comes from one of two parents; a copy of the first when no mixture obeys the rules.</summary>
    /// <param name="first">A design.</param>
    /// <param name="second">Another one.</param>
    /// <param name="random">Source of chance.</param>
    public SpacePoint Cross(SpacePoint first, SpacePoint second, Random random) =>
        FirstValid(() => new SpacePoint([.. first.Choices.Select((choice, i) => random.Next(2) == 0 ? choice : second[i])]), Attempts) ?? Canonical(first);

    /// <summary>All valid designs, each once; null when there are more points than can be listed in a moment.</summary>
    public ImmutableArray<SpacePoint>? Enumerate()
    {
        if (Points > FewDesigns)
        {
            return null;
        }

        var seen = new HashSet<SpacePoint>();
        int[] choices = new int[Genes.Length];
        do
        {
            SpacePoint canonical = Canonical(new SpacePoint([.. choices]));
            if (Problem(canonical) is null)
            {
                seen.Add(canonical);
            }
        }
        while (Step(choices));
        return [.. seen];
    }

    private (SpaceRule Rule, GeneCondition Required)? Broken(ReadOnlySpan<int> choices)
    {
        foreach (SpaceRule rule in Rules)
        {
            if (rule.Required.IsEmpty || !rule.Applies(choices))
            {
                continue;
            }

            foreach (GeneCondition required in rule.Required)
            {
                if (!required.Holds(choices))
                {
                    return (rule, required);
                }
            }
        }

        return null;
    }

    private bool Step(int[] choices)
    {
        for (int i = choices.Length - 1; i >= 0; i--)
        {
            if (++choices[i] < Genes[i].Values.Length)
            {
                return true;
            }

            choices[i] = 0;
        }

        return false;
    }

    private SpacePoint? FirstValid(Func<SpacePoint> draw, int attempts)
    {
        for (int i = 0; i < attempts; i++)
        {
            SpacePoint canonical = Canonical(draw());
            if (Problem(canonical) is null)
            {
                return canonical;
            }
        }

        return null;
    }

    private void CheckRanges(SpacePoint point)
    {
        if (point.Choices.Length != Genes.Length)
        {
            throw new ArgumentException($"A design of '{Family}' has {Genes.Length} genes, this one has {point.Choices.Length}.", nameof(point));
        }

        for (int i = 0; i < Genes.Length; i++)
        {
            if (point[i] < 0 || point[i] >= Genes[i].Values.Length)
            {
                throw new ArgumentException(
                    $"Gene '{Genes[i].Id}' of '{Family}' has {Genes[i].Values.Length} values, there is none at position {point[i]}.", nameof(point));
            }
        }
    }
}
