using System.Collections;
using System.Collections.Immutable;

namespace Attune.Kernels;

/// <summary>
/// The attributes of a node, by name. A value is one of: <see cref="long"/>, <see cref="float"/>, <see cref="string"/>,
/// <see cref="Tensor"/>, <see cref="Network"/> (a sub-graph), or an <see cref="ImmutableArray{T}"/> of long, float or string.
/// Immutable.
/// </summary>
public sealed class Attributes : IEnumerable<KeyValuePair<string, object>>
{
    /// <summary>No attributes.</summary>
    public static readonly Attributes None = new(ImmutableSortedDictionary<string, object>.Empty);

    private readonly ImmutableSortedDictionary<string, object> values;

    /// <summary>Wraps a dictionary.</summary>
    public Attributes(ImmutableSortedDictionary<string, object> values) => this.values = values;

    /// <summary>Number of attributes.</summary>
    public int Count => values.Count;

    /// <summary>True when the attribute is present.</summary>
    public bool Has(string name) => values.ContainsKey(name);

    /// <summary>The raw value, or null.</summary>
    public object? Find(string name) => values.GetValueOrDefault(name);

    /// <summary>A copy with one attribute set. Plain arrays of long, float and string are stored as immutable ones; int and bool as long.</summary>
    /// <exception cref="ArgumentException">The value's type cannot be an attribute.</exception>
    public Attributes With(string name, object value) => new(values.SetItem(name, Normalise(name, value)));

    /// <summary>A copy without one attribute.</summary>
    public Attributes Without(string name) => new(values.Remove(name));

    /// <summary>Integer attribute, or the default when absent.</summary>
    public long Int(string name, long absent) => values.TryGetValue(name, out object? v) ? (long)v : absent;

    /// <summary>Float attribute, or the default when absent.</summary>
    public float Float(string name, float absent) => values.TryGetValue(name, out object? v) ? (float)v : absent;

    /// <summary>Text attribute, or the default when absent.</summary>
    public string Text(string name, string absent) => values.TryGetValue(name, out object? v) ? (string)v : absent;

    /// <summary>Integer list, or null when absent.</summary>
    public ImmutableArray<long>? Ints(string name) => values.TryGetValue(name, out object? v) ? (ImmutableArray<long>)v : null;

    /// <summary>Float list, or null when absent.</summary>
    public ImmutableArray<float>? Floats(string name) => values.TryGetValue(name, out object? v) ? (ImmutableArray<float>)v : null;

    /// <summary>Text list, or null when absent.</summary>
    public ImmutableArray<string>? Texts(string name) => values.TryGetValue(name, out object? v) ? (ImmutableArray<string>)v : null;

    /// <summary>Tensor attribute, or null when absent.</summary>
    public Tensor? Tensor(string name) => values.GetValueOrDefault(name) as Tensor;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static object Normalise(string name, object value) => value switch
    {
        long or float or string or Kernels.Tensor or Network => value,
        ImmutableArray<long> or ImmutableArray<float> or ImmutableArray<string> => value,
        int i => (long)i,
        bool b => b ? 1L : 0L,
        long[] list => list.ToImmutableArray(),
        float[] list => list.ToImmutableArray(),
        string[] list => list.ToImmutableArray(),
        _ => throw new ArgumentException($"Attribute '{name}' cannot hold a {value.GetType().Name}.", nameof(value)),
    };
}
