using Attune.Kernels;

namespace Attune.Runtime.Plan.Verification;

/// <summary>
/// Gives every element of every value a name that it keeps where it is only moved: through reshapes, which are the same memory, through concatenations
/// of channels, and into the place of a layer's exact form. A name is the number of the step's value in the upper half and the element in the lower.
/// </summary>
internal sealed class ElementOrigins
{
    private const int ElementBits = 32;
    private readonly Dictionary<string, IOrigin> origins = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);

    /// <summary>Follows a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="running">Its steps that run.</param>
    public ElementOrigins(ExecutionPlan plan, IReadOnlyList<PlannedStep> running)
    {
        // Nodes that a step runs make new elements, other than concatenations of channels.
        HashSet<string> making = [.. running.Where(step => step.Plan is not null && step.Kind != StepKind.Concat).Select(step => step.Plan!.Node.Name)];
        HashSet<string> skipped = [.. plan.Steps.Where(step => step.Plan is not null).Select(step => step.Plan!.Node.Name).Except(
            running.Where(step => step.Plan is not null).Select(step => step.Plan!.Node.Name))];
        foreach (NetworkValue input in plan.Network.Inputs)
        {
            origins[input.Name] = Named(input.Name);
        }

        foreach (Node node in plan.Network.Nodes)
        {
            string value = LayerAlternatives.ValueOf(node) is { Length: > 0 } replaced ? replaced : node.Outputs[0];
            if (making.Contains(node.Name))
            {
                origins[value] = Named(value);
                foreach (string output in node.Outputs.Where(output => output.Length > 0))
                {
                    origins[output] = output == node.Outputs[0] ? origins[value] : Named(output);
                }
            }
            else if (!skipped.Contains(node.Name) && Array.TrueForAll([.. node.Inputs.Where(IsActivation)], origins.ContainsKey))
            {
                Forward(node);
            }
        }

        bool IsActivation(string input) => input.Length > 0 && !plan.Network.Constants.ContainsKey(input);

        void Forward(Node node)
        {
            if (node.Operator == "Concat")
            {
                Shape whole = plan.Network.TypeOf(node.Outputs[0]).Shape;
                origins[node.Outputs[0]] = new Joined(whole, [.. node.Inputs.Select(input => (plan.Network.TypeOf(input).Shape[1], origins[input]))]);
            }
            else if (node.Inputs.Length > 0 && origins.TryGetValue(node.Inputs[0], out IOrigin? same))
            {
                origins[node.Outputs[0]] = same;
            }
        }
    }

    /// <summary>True when some step that runs makes the value.</summary>
    public bool Knows(string value) => origins.ContainsKey(value);

    /// <summary>Name of an element.</summary>
    public long Of(string value, long element) => origins[value].Of(element);

    /// <summary>The value and element that a name stands for.</summary>
    public (string Value, long Element) Meaning(long name)
    {
        int id = (int)(name >> ElementBits);
        return (ids.First(pair => pair.Value == id).Key, name & uint.MaxValue);
    }

    private Whole Named(string value)
    {
        if (!ids.TryGetValue(value, out int id))
        {
            id = ids.Count + 1;
            ids.Add(value, id);
        }

        return new Whole(id);
    }

    private interface IOrigin
    {
        long Of(long element);
    }

    private sealed class Whole(int id) : IOrigin
    {
        public long Of(long element) => ((long)id << ElementBits) | (element & uint.MaxValue);
    }

    /// <summary>Channels of several values one after the other; values that are such themselves are taken apart, so that one search finds an element.</summary>
    private sealed class Joined : IOrigin
    {
        private readonly long channels;
        private readonly long plane;
        private readonly int[] firsts;
        private readonly (int Channels, IOrigin Origin)[] parts;

        public Joined(Shape whole, (int Channels, IOrigin Origin)[] joined)
        {
            channels = whole[1];
            plane = whole.Count / whole.Dimensions[0] / channels;
            parts = [.. joined.SelectMany(
                part => part.Origin is Joined inner && inner.channels == part.Channels && inner.plane == plane ? inner.parts : [part])];
            firsts = new int[parts.Length];
            for (int i = 1; i < parts.Length; i++)
            {
                firsts[i] = firsts[i - 1] + parts[i - 1].Channels;
            }
        }

        public long Of(long element)
        {
            long place = element % plane;
            int channel = (int)(element / plane % channels);
            long image = element / plane / channels;
            int at = Array.BinarySearch(firsts, channel);
            int part = at >= 0 ? at : ~at - 1;
            return parts[part].Origin.Of((((image * parts[part].Channels) + channel - firsts[part]) * plane) + place);
        }
    }
}
