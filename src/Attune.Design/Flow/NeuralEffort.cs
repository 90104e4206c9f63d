namespace Attune.Design.Flow;

/// <summary>How much training the neural optimiser gets.</summary>
/// <param name="Designs">Designs whose predictions it learns from, at least 50.</param>
/// <param name="Steps">Steps of descent of each network.</param>
/// <param name="Batch">Examples per step.</param>
/// <param name="Hidden">Width of the hidden layers.</param>
/// <param name="Members">Networks of each kind.</param>
public sealed record NeuralEffort(int Designs = 1000, int Steps = 1500, int Batch = 128, int Hidden = 64, int Members = 2);
