using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Passes;

/// <summary>Checks the invariants of a network: order, single definitions, unique node names, and types that agree with inference.</summary>
public static class NetworkVerifier
{
    /// <summary>What is wrong, one line each; empty for a sound network. Linear time plus inference.</summary>
    /// <param name="network">The network to look at.</param>
    public static ImmutableArray<string> Verify(Network network)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        var defined = new HashSet<string>(network.Constants.Keys);
        foreach (NetworkValue input in network.Inputs)
        {
            Define(input.Name, "the inputs");
        }

        var names = new HashSet<string>();
        foreach (Node node in network.Nodes)
        {
            if (!names.Add(node.Name))
            {
                problems.Add($"Two nodes are named '{node.Name}'.");
            }

            foreach (string input in node.Inputs.Where(input => input.Length > 0 && !defined.Contains(input)))
            {
                problems.Add($"{node} reads '{input}' before it is defined.");
            }

            foreach (string output in node.Outputs.Where(output => output.Length > 0))
            {
                Define(output, node.ToString());
            }
        }

        foreach (NetworkValue output in network.Outputs)
        {
            if (!defined.Contains(output.Name))
            {
                problems.Add($"The output '{output.Name}' is not defined.");
            }
            else if (network.Types.TryGetValue(output.Name, out TensorType? type) && !type.Equals(output.Type))
            {
                problems.Add($"The output '{output.Name}' is declared {output.Type} but computed as {type}.");
            }
        }

        if (problems.Count == 0)
        {
            VerifyTypes(network, defined, problems);
        }

        return problems.ToImmutable();

        void Define(string value, string place)
        {
            if (!defined.Add(value))
            {
                problems.Add($"'{value}' is defined a second time by {place}.");
            }
        }
    }

    private static void VerifyTypes(Network network, HashSet<string> defined, ImmutableArray<string>.Builder problems)
    {
        Network inferred = ShapeInference.Run(network);
        foreach (string value in defined)
        {
            TensorType? expected = inferred.Types.GetValueOrDefault(value);
            TensorType? stated = network.Types.GetValueOrDefault(value);
            if (stated is null && expected is null)
            {
                // Known only while the network runs.
                continue;
            }

            if (stated is null)
            {
                problems.Add($"The type of '{value}' is not known.");
            }
            else if (!stated.Equals(expected))
            {
                problems.Add($"'{value}' is stated as {stated} but inferred as {expected?.ToString() ?? "unknown"}.");
            }
        }

        foreach (string stranger in network.Types.Keys.Where(name => !defined.Contains(name)))
        {
            problems.Add($"A type is stated for '{stranger}', which is not defined.");
        }
    }
}
