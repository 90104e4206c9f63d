using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Passes.Expansion;

/// <summary>A body of control flow, copied into the network around it: what it defines gets new names, what it reads from outside keeps its own.</summary>
internal sealed class BodyCopy
{
    private readonly Dictionary<string, string> renamed = new(StringComparer.Ordinal);
    private readonly Network body;

    /// <summary>Copies a body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="prefix">What new names start with.</param>
    /// <param name="inputs">Values of the enclosing network that are the body's inputs, in order.</param>
    /// <param name="names">Names that are taken.</param>
    public BodyCopy(Network body, string prefix, IReadOnlyList<string> inputs, ValueNames names)
    {
        this.body = body;
        for (int i = 0; i < body.Inputs.Length; i++)
        {
            renamed[body.Inputs[i].Name] = inputs[i];
        }

        foreach (string constant in body.Constants.Keys)
        {
            renamed[constant] = names.New($"{prefix}.{constant}");
        }

        foreach (string output in body.Nodes.SelectMany(static node => node.Outputs).Where(static output => output.Length > 0))
        {
            renamed[output] = names.New($"{prefix}.{output}");
        }

        Nodes = [.. body.Nodes.Select(node => Renamed(node, renamed) with { Name = names.New($"{prefix}.{node.Name}") })];
    }

    /// <summary>The body's nodes.</summary>
    public ImmutableArray<Node> Nodes { get; }

    /// <summary>The body's constants.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Constants => body.Constants.Select(entry => KeyValuePair.Create(renamed[entry.Key], entry.Value));

    /// <summary>The body's outputs, in order.</summary>
    public string[] Outputs => [.. body.Outputs.Select(output => renamed.GetValueOrDefault(output.Name, output.Name))];

    /// <summary>The node with other names for values, also for those that bodies in its attributes read from outside.</summary>
    internal static Node Renamed(Node node, IReadOnlyDictionary<string, string> names) => node with
    {
        Inputs = [.. node.Inputs.Select(name => names.GetValueOrDefault(name, name))],
        Outputs = [.. node.Outputs.Select(name => names.GetValueOrDefault(name, name))],
        Attributes = Renamed(node.Attributes, names),
    };

    private static Attributes Renamed(Attributes attributes, IReadOnlyDictionary<string, string> names)
    {
        foreach ((string name, object value) in attributes)
        {
            if (value is Network inner)
            {
                attributes = attributes.With(name, Renamed(inner, names));
            }
        }

        return attributes;
    }

    // Names that the inner body defines itself are its own.
    private static Network Renamed(Network inner, IReadOnlyDictionary<string, string> names)
    {
        var outer = new Dictionary<string, string>(names, StringComparer.Ordinal);
        IEnumerable<string> computed = inner.Nodes.SelectMany(static node => node.Outputs);
        foreach (string own in inner.Inputs.Select(static input => input.Name).Concat(inner.Constants.Keys).Concat(computed))
        {
            outer.Remove(own);
        }

        return inner with
        {
            Nodes = [.. inner.Nodes.Select(node => Renamed(node, outer))],
            Outputs = [.. inner.Outputs.Select(output => output with { Name = outer.GetValueOrDefault(output.Name, output.Name) })],
        };
    }
}
