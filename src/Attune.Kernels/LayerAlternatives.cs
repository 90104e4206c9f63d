using System.Collections.Immutable;

namespace Attune.Kernels;

/// <summary>
/// How a network says that some of its nodes are another form of a layer: cheaper, and less exact. Every node of form n carries <see cref="Form"/> = n; the
/// last one also carries <see cref="Value"/>, the value in whose place it writes. Nobody reads its own output by name, so a network with alternatives computes
/// the same as one without: plain execution skips them, and staged execution may take them instead of the exact node. Stateless.
/// </summary>
internal static class LayerAlternatives
{
    /// <summary>Integer attribute: number of the form, from 1; absent or 0 on exact nodes.</summary>
    public const string Form = "attune_form";

    /// <summary>Text attribute of a form's last node: the value that the layer's exact node writes.</summary>
    public const string Value = "attune_form_of";

    /// <summary>Form of a node; 0 for an exact one.</summary>
    public static int FormOf(Node node) => (int)node.Attributes.Int(Form, 0);

    /// <summary>The value in whose place a node writes; empty when it is no form's last node.</summary>
    public static string ValueOf(Node node) => node.Attributes.Text(Value, string.Empty);

    /// <summary>Values whose layer has more than one form, in order of execution.</summary>
    public static ImmutableArray<string> Values(Network network) => [.. network.Nodes.Select(ValueOf).Where(value => value.Length > 0).Distinct()];

    /// <summary>The same network without alternatives.</summary>
    public static Network Without(Network network)
    {
        Node[] dropped = [.. network.Nodes.Where(node => FormOf(node) != 0)];
        if (dropped.Length == 0)
        {
            return network;
        }

        ImmutableArray<Node> kept = [.. network.Nodes.Where(node => FormOf(node) == 0)];
        HashSet<string> read = [.. kept.SelectMany(node => node.Inputs), .. network.Outputs.Select(output => output.Name)];
        string[] names = [.. dropped.SelectMany(node => node.Outputs.Concat(node.Inputs)).Where(
            name => !read.Contains(name) && network.Inputs.All(input => input.Name != name))];
        return network with
        {
            Nodes = kept,
            Constants = network.Constants.RemoveRange(names),
            Types = network.Types.RemoveRange(names.Except(kept.SelectMany(node => node.Outputs))),
        };
    }
}
