using System.Collections.Immutable;
using Attune.Measuring.Models;
using Attune.Runtime;

namespace Attune.Tuning.Session;

/// <summary>A model whose outputs are right, or why there is none.</summary>
/// <param name="Configurations">Configurations with which the model is right; those given when there are none.</param>
/// <param name="Culprits">Configurations that had to go.</param>
/// <param name="Difference">What is still wrong with every task on its default; null when the model is right.</param>
internal sealed record ModelRepair(ImmutableArray<TunedConfiguration> Configurations, ImmutableArray<TunedConfiguration> Culprits, OutputError? Difference)
{
    /// <summary>Looks for the configurations that make a model wrong and replaces them by what is sound.</summary>
    /// <param name="found">The configurations of the model.</param>
    /// <param name="fallback">What stands for a configuration instead: another one, or null to leave it out; the same one when there is nothing else.</param>
    /// <param name="difference">Compiles a model and compares it with the reference; null when it is right.</param>
    public static ModelRepair Of(
        ImmutableArray<TunedConfiguration> found,
        Func<TunedConfiguration, TunedConfiguration?> fallback,
        Func<ImmutableArray<TunedConfiguration>, OutputError?> difference)
    {
        ImmutableArray<TunedConfiguration> current = found;
        var culprits = ImmutableArray.CreateBuilder<TunedConfiguration>();
        while (difference(current) is not null)
        {
            TunedConfiguration[] suspects = [.. current.Where(configuration => !ReferenceEquals(fallback(configuration), configuration))];
            if (difference(Replace(current, suspects, suspects.Length, fallback)) is { } still)
            {
                return new ModelRepair(found, culprits.ToImmutable(), still);
            }

            // The smallest number of replacements that heals: the last one of them is a culprit. With several culprits the next round finds the next.
            int few = 0;
            int enough = suspects.Length;
            while (enough - few > 1)
            {
                int middle = (few + enough) / 2;
                bool heals = difference(Replace(current, suspects, middle, fallback)) is null;
                (few, enough) = heals ? (few, middle) : (middle, enough);
            }

            if (suspects.Length == 0)
            {
                // Wrong the first time and right the second: nothing to replace, and not to be trusted.
                return new ModelRepair(found, [], new OutputError(string.Empty, double.PositiveInfinity, double.PositiveInfinity));
            }

            TunedConfiguration culprit = suspects[enough - 1];
            culprits.Add(culprit);
            current = Replace(current, [culprit], 1, fallback);
        }

        return new ModelRepair(current, culprits.ToImmutable(), null);
    }

    private static ImmutableArray<TunedConfiguration> Replace(
        ImmutableArray<TunedConfiguration> all, TunedConfiguration[] suspects, int count, Func<TunedConfiguration, TunedConfiguration?> fallback)
    {
        HashSet<TunedConfiguration> replaced = new(suspects.Take(count), ReferenceEqualityComparer.Instance);
        return [.. all.Select(configuration => replaced.Contains(configuration) ? fallback(configuration) : configuration).OfType<TunedConfiguration>()];
    }
}
