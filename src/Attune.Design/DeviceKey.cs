using System.Collections.Immutable;

namespace Attune.Design;

/// <summary>
/// What counts as one device for latencies: two settings of one machine are two devices, because rank correlations between them are far below 1. Latencies of
/// different keys never enter one rank correlation or one fit as if they were one.
/// </summary>
/// <param name="Hardware">The hardware: a fingerprint or a name; not empty.</param>
/// <param name="Runtime">What ran the models, with its version where known; not empty.</param>
/// <param name="Dtype">Element type of the arithmetic, for example fp32 or int8; not empty.</param>
/// <param name="Batch">Inputs per inference, at least 1.</param>
/// <param name="Threads">Threads, at least 1; 1 where the notion does not apply.</param>
/// <param name="Clocks">Clock and power policy, for example default or fixed-2.1GHz; not empty.</param>
/// <param name="Tuned">True when the kernels were tuned for this device.</param>
public sealed record DeviceKey(string Hardware, string Runtime, string Dtype, int Batch, int Threads, string Clocks, bool Tuned)
{
    private const int Parts = 7;

    /// <summary>The key as one line; <see cref="Parse"/> reads it back. Slashes inside a part become underscores.</summary>
    public override string ToString() =>
        $"{Plain(Hardware)}/{Plain(Runtime)}/{Plain(Dtype)}/b{Batch}/t{Threads}/{Plain(Clocks)}/{(Tuned ? "tuned" : "untuned")}";

    /// <summary>What is wrong with the key; empty when nothing is.</summary>
    public ImmutableArray<string> Problems()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        foreach ((string name, string value) in new[] { ("hardware", Hardware), ("runtime", Runtime), ("dtype", Dtype), ("clocks", Clocks) })
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                problems.Add($"the {name} of a device key is empty");
            }
        }

        if (Batch < 1)
        {
            problems.Add($"batch {Batch} is below 1");
        }

        if (Threads < 1)
        {
            problems.Add($"{Threads} threads are below 1");
        }

        return problems.ToImmutable();
    }

    /// <summary>Reads a line that <see cref="ToString"/> wrote; null when it is none.</summary>
    public static DeviceKey? Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length != Parts
            || !parts[3].StartsWith('b') || !int.TryParse(parts[3].AsSpan(1), out int batch)
            || !parts[4].StartsWith('t') || !int.TryParse(parts[4].AsSpan(1), out int threads)
            || parts[6] is not ("tuned" or "untuned"))
        {
            return null;
        }

        var key = new DeviceKey(parts[0], parts[1], parts[2], batch, threads, parts[5], parts[6] == "tuned");
        return key.Problems().IsEmpty ? key : null;
    }

    /// <summary>Names the parts in which two keys differ, for example "threads 1 against 2"; empty when they are the same device.</summary>
    public ImmutableArray<string> DifferencesFrom(DeviceKey other)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        Compare("hardware", Hardware, other.Hardware);
        Compare("runtime", Runtime, other.Runtime);
        Compare("dtype", Dtype, other.Dtype);
        Compare("batch", Batch, other.Batch);
        Compare("threads", Threads, other.Threads);
        Compare("clocks", Clocks, other.Clocks);
        Compare("tuned", Tuned, other.Tuned);
        return found.ToImmutable();

        void Compare<T>(string name, T mine, T theirs)
        {
            if (!EqualityComparer<T>.Default.Equals(mine, theirs))
            {
                found.Add($"{name} {mine} against {theirs}");
            }
        }
    }

    private static string Plain(string part) => part.Replace('/', '_');
}
