using Attune.Graph.Onnx;

namespace Attune.Graph.Reading;

/// <summary>
/// Where nodes are converted: in the model's graph, where everything keeps its name, or in a call of a function, where formal names stand for actual ones
/// and everything else gets a name of the call.
/// </summary>
/// <param name="opsets">Versions of operator sets by domain.</param>
internal sealed class ConversionScope(IReadOnlyDictionary<string, int> opsets)
{
    private IReadOnlyDictionary<string, string>? actual;

    /// <summary>Versions of operator sets by domain.</summary>
    public IReadOnlyDictionary<string, int> Opsets => opsets;

    /// <summary>What names of this call start with; empty outside of functions.</summary>
    public string Prefix { get; private init; } = string.Empty;

    /// <summary>Values of the function's attributes; null outside of functions.</summary>
    public IReadOnlyDictionary<string, object>? Bound { get; private init; }

    /// <summary>Keys of the functions that are being called.</summary>
    public IReadOnlyList<string> Calls { get; private init; } = [];

    /// <summary>True in a call of a function.</summary>
    public bool IsFunction => actual is not null;

    /// <summary>The scope of a call.</summary>
    /// <param name="sets">Operator sets of the function.</param>
    /// <param name="prefix">What names of the call start with.</param>
    /// <param name="key">The function's key.</param>
    /// <param name="names">Actual names by formal ones.</param>
    /// <param name="bound">Values of attributes.</param>
    public ConversionScope Call(
        IReadOnlyDictionary<string, int> sets, string prefix, string key, IReadOnlyDictionary<string, string> names,
        IReadOnlyDictionary<string, object> bound) =>
        new(sets) { actual = names, Prefix = prefix, Bound = bound, Calls = [.. Calls, key] };

    /// <summary>The scope of a body: what it defines itself stands for nothing outside.</summary>
    public ConversionScope Within(GraphProto body)
    {
        if (actual is null)
        {
            return this;
        }

        var names = new Dictionary<string, string>(actual, StringComparer.Ordinal);
        foreach (string own in body.Input.Select(static input => input.Name).Concat(body.Initializer.Select(static constant => constant.Name))
            .Concat(body.Node.SelectMany(static node => node.Output)))
        {
            names.Remove(own);
        }

        return new ConversionScope(opsets) { actual = names, Prefix = Prefix, Bound = Bound, Calls = Calls };
    }

    /// <summary>The name that a value has in the network.</summary>
    public string NameOf(string name) => name.Length == 0 || actual is null ? name : actual.GetValueOrDefault(name) ?? Prefix + name;
}
