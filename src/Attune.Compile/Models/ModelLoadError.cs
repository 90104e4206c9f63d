using Attune.Compile.Weights;
using Attune.Graph;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Runtime;

namespace Attune.Compile.Models;

/// <summary>Why a model that a user named cannot be run.</summary>
public abstract record ModelLoadError;

/// <summary>The ONNX file is missing, malformed or not supported, no built-in network has that name, or a shape given for an input is none.</summary>
/// <param name="Model">All that is wrong.</param>
public sealed record ModelUnreadable(UnreadableModel Model) : ModelLoadError;

/// <summary>Shapes were given for a built-in network, whose shapes are fixed.</summary>
public sealed record BuiltInShapesFixed : ModelLoadError;

/// <summary>The tuned model's file is missing, damaged or beyond this version.</summary>
/// <param name="Error">What is wrong with it.</param>
public sealed record TunedModelUnusable(TunedModelError Error) : ModelLoadError;

/// <summary>No layer can store its weights in the format asked for.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Narrowed">Its network, with the reason of every layer.</param>
public sealed record WeightsUnfit(string Model, NarrowedNetwork Narrowed) : ModelLoadError;

/// <summary>The file's weights are narrow already, so that they cannot become another format.</summary>
/// <param name="Path">The tuned model's file.</param>
/// <param name="Present">Format in the file.</param>
/// <param name="Wanted">Format asked for.</param>
public sealed record WeightsRoundedAlready(string Path, WeightFormat Present, WeightFormat Wanted) : ModelLoadError;

/// <summary>The device to run on is not here.</summary>
/// <param name="Device">Its name.</param>
/// <param name="Reason">What is missing, as a sentence without a full stop.</param>
public sealed record DeviceMissing(DeviceName Device, string Reason) : ModelLoadError;

/// <summary>The device cannot run the model: it lacks memory, or its driver refuses a kernel.</summary>
/// <param name="Reason">Why, as a sentence.</param>
public sealed record DeviceRefused(string Reason) : ModelLoadError;
