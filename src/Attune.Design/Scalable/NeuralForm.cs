namespace Attune.Design.Scalable;

/// <summary>What a neural optimiser is told besides the device.</summary>
public enum NeuralForm
{
    /// <summary>
    /// A multiplier that prices latency: minimises -accuracy + multiplier * latency / reference. Reaches only designs on the lower convex hull of the front.
    /// </summary>
    Multiplier,

    /// <summary>
    /// A budget: maximises accuracy with a penalty on the share by which the predicted latency exceeds the budget. Reaches every design of the front.
    /// </summary>
    Budget,
}
