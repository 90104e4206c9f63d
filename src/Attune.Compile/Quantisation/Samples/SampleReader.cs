using System.Collections.Immutable;
using Attune.Devices;
using Attune.Graph.Faults;
using Attune.Graph.Npy;
using Attune.Graph.Reading;
using Attune.Kernels;
using Attune.Runtime.Files.Json;

namespace Attune.Compile.Quantisation.Samples;

/// <summary>
/// Reads samples of a network from arrays (.npy, TensorProto .pb). Folders within the folder hold one sample each, a file for every input, named after it or
/// input_0, input_1 and so on. Files without such folders hold one or several samples each, the samples along an axis before the input's own, or along its
/// first one; a network with several inputs has a file for each, named in the same way. Names are taken in the order of their characters.
/// </summary>
/// <param name="network">The network.</param>
public sealed class SampleReader(Network network)
{
    /// <summary>Most bytes of all samples together.</summary>
    public const long MaxBytes = 4L << 30;

    private static readonly string[] Extensions = [".npy", ".pb"];
    private long bytes;

    /// <summary>Reads samples.</summary>
    /// <param name="path">A folder, or a file with one or several samples.</param>
    /// <param name="labels">File of the right answers, whole numbers in the order of the samples; null for none. It is no sample.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file or folder may not be read.</exception>
    public Result<SampleSet, QuantiseError> Read(string path, string? labels)
    {
        bytes = 0;
        var samples = new List<(string Source, IReadOnlyDictionary<string, Tensor> Inputs)>();
        if (Take(path, labels, samples) is { } wrong)
        {
            return wrong;
        }

        var set = new SampleSet([.. samples.Select(sample => sample.Inputs)], [], IsRandom: false);
        Result<SampleSet, QuantiseError> usable = SampleValues.Check(network, set, [.. samples.Select(sample => sample.Source)]);
        return !usable.Succeeded || labels is null ? usable : LabelReader.Read(network, usable.Value, labels, ReadTensor);
    }

    private QuantiseError? Take(string path, string? labels, List<(string Source, IReadOnlyDictionary<string, Tensor> Inputs)> samples)
    {
        if (File.Exists(path))
        {
            return Several([path], samples);
        }

        if (!Directory.Exists(path))
        {
            return Wrong(path, "There is no such folder or file of calibration samples.", "Check the path.");
        }

        string[] folders = [.. Directory.EnumerateDirectories(path).Where(folder => FilesOf(folder, labels).Length > 0).Order(StringComparer.Ordinal)];
        string[] files = FilesOf(path, labels);
        if (folders.Length == 0)
        {
            return files.Length > 0 ? Several(files, samples) : Wrong(
                path,
                "The folder holds no samples: neither .npy nor .pb files, nor folders with such files.",
                "Write inputs of the network there, as float32 arrays.");
        }

        if (folders.Length > SampleSet.MaxSamples)
        {
            return TooMany(path, folders.Length);
        }

        foreach (string folder in folders)
        {
            if (One(folder, labels, samples) is { } wrong)
            {
                return wrong;
            }
        }

        return files.Length == 0 ? null : Wrong(
            files[0], $"The folder holds both folders of samples and files ({files.Length}), so it is not clear which are the samples.", "Keep one of them.");
    }

    /// <summary>A folder that is one sample.</summary>
    private QuantiseError? One(string folder, string? labels, List<(string Source, IReadOnlyDictionary<string, Tensor> Inputs)> samples)
    {
        Result<Dictionary<string, string>, QuantiseError> assigned = Assign(FilesOf(folder, labels), folder);
        if (!assigned.Succeeded)
        {
            return assigned.Error;
        }

        var inputs = new Dictionary<string, Tensor>();
        foreach (NetworkValue input in network.Inputs)
        {
            Result<Tensor, QuantiseError> tensor = ReadTensor(assigned.Value[input.Name]);
            if (!tensor.Succeeded)
            {
                return tensor.Error;
            }

            if (tensor.Value.Type != input.Type)
            {
                return Mismatch(assigned.Value[input.Name], input, tensor.Value, isOne: true);
            }

            inputs.Add(input.Name, tensor.Value);
        }

        samples.Add((folder, inputs));
        return null;
    }

    /// <summary>Files that hold samples along an axis.</summary>
    private QuantiseError? Several(string[] files, List<(string Source, IReadOnlyDictionary<string, Tensor> Inputs)> samples)
    {
        if (network.Inputs is [var only])
        {
            foreach (string file in files)
            {
                Result<Tensor[], QuantiseError> parts = Parts(file, only);
                if (!parts.Succeeded)
                {
                    return parts.Error;
                }

                foreach (Tensor part in parts.Value)
                {
                    samples.Add((file, new Dictionary<string, Tensor> { [only.Name] = part }));
                }

                if (samples.Count > SampleSet.MaxSamples)
                {
                    return TooMany(file, samples.Count);
                }
            }

            return null;
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(files[0]))!;
        Result<Dictionary<string, string>, QuantiseError> assigned = Assign(files, folder);
        if (!assigned.Succeeded)
        {
            return assigned.Error;
        }

        var columns = new Dictionary<string, Tensor[]>();
        foreach (NetworkValue input in network.Inputs)
        {
            string file = assigned.Value[input.Name];
            Result<Tensor[], QuantiseError> parts = Parts(file, input);
            if (!parts.Succeeded)
            {
                return parts.Error;
            }

            columns.Add(input.Name, parts.Value);
            int first = columns[network.Inputs[0].Name].Length;
            if (parts.Value.Length != first)
            {
                return Wrong(
                    file,
                    $"It holds {parts.Value.Length} samples of input '{input.Name}', but there are {first} of '{network.Inputs[0].Name}'.",
                    "Write as many samples of every input.");
            }
        }

        for (int i = 0; i < columns.First().Value.Length; i++)
        {
            samples.Add((folder, columns.ToDictionary(column => column.Key, column => column.Value[i])));
        }

        return samples.Count > SampleSet.MaxSamples ? TooMany(folder, samples.Count) : null;
    }

    private Result<Tensor[], QuantiseError> Parts(string file, NetworkValue input)
    {
        Result<Tensor, QuantiseError> read = ReadTensor(file);
        if (!read.Succeeded)
        {
            return read.Error;
        }

        return SampleSlices.Of(read.Value, input.Type) is { } parts ? parts : Mismatch(file, input, read.Value, isOne: false);
    }

    /// <summary>Which file is which input: by its name, or by input_N.</summary>
    private Result<Dictionary<string, string>, QuantiseError> Assign(string[] files, string folder)
    {
        var assigned = new Dictionary<string, string>();
        foreach ((int position, NetworkValue input) in network.Inputs.Index())
        {
            string[] found =
            [
                .. files.Where(file => Path.GetFileNameWithoutExtension(file) is var name && (name == input.Name || name == $"input_{position}")),
            ];
            if (found is not [var one])
            {
                return network.Inputs.Length == 1 && files is [var single] ? new Dictionary<string, string> { [input.Name] = single } : Wrong(
                    folder,
                    found.Length == 0 ? $"There is no file for input '{input.Name}' ({input.Type})."
                        : $"Several files are for input '{input.Name}': {string.Join(", ", found.Select(Path.GetFileName))}.",
                    $"Write one {input.Name}.npy, or input_{position}.pb.");
            }

            assigned.Add(input.Name, one);
        }

        return assigned;
    }

    private Result<Tensor, QuantiseError> ReadTensor(string file)
    {
        Result<Tensor, ModelFault> read = Path.GetExtension(file).Equals(".pb", StringComparison.OrdinalIgnoreCase)
            ? TensorFile.ReadProtobuf(file) : NpyFile.Read(file);
        if (!read.Succeeded)
        {
            return Wrong(file, read.Error.Message, read.Error.Next);
        }

        bytes += (long)read.Value.Count * NetworkJsonWriter.ElementBytes(read.Value.Element);
        return bytes <= MaxBytes ? read.Value
            : Wrong(file, $"With this file the samples are larger than {MaxBytes >> 30} GiB.", "Use fewer: some hundreds are enough for ranges.");
    }

    private static string[] FilesOf(string folder, string? labels)
    {
        string? without = labels is null ? null : Path.GetFullPath(labels);
        return
        [
            .. Directory.EnumerateFiles(folder)
                .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase) && Path.GetFullPath(file) != without)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static QuantiseError Mismatch(string file, NetworkValue input, Tensor tensor, bool isOne) => Wrong(
        file,
        $"Input '{input.Name}' is {input.Type}, but the file holds {tensor.Type}.",
        isOne ? "Write an array of that element type and shape." : "Write arrays of that element type and shape, or with an axis for the samples before it.");

    private static QuantiseError TooMany(string file, int count) =>
        Wrong(file, $"There are {count} samples or more; {SampleSet.MaxSamples} is the limit.", "Use fewer: some hundreds are enough for ranges.");

    private static QuantiseError Wrong(string where, string message, string next) => new(QuantiseFailure.Samples, message, next) { Where = where };
}
