using System.Text.Json;
using Attune.Devices;
using Attune.Devices.Files;
using Attune.Runtime.Files;
using Attune.Runtime.Files.Container;
using Attune.Runtime.Files.Sources;

namespace Attune.Runtime;

/// <summary>
/// The <c>.attune</c> file: a zip (<see cref="ContainerFormat"/>) of a manifest with the hashes of all else, the network, the configurations, and the weights,
/// stored so that they are read straight into arrays. Loading verifies every byte and runs nothing of the file. Stateless.
/// </summary>
public static class TunedModelFile
{
    internal const string ManifestName = "manifest.json";
    internal const string NetworkName = "network.json";
    internal const string ConfigurationsName = "configurations.json";
    internal const string WeightsName = "weights.bin";

    /// <summary>Writes a model beside the target and renames it, so that the target is complete or untouched.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="TunedModelException">The file system refuses; nothing half-written is left.</exception>
    /// <exception cref="ArgumentException">Two configurations have the same task.</exception>
    public static void Save(string path, TunedModel model)
    {
        if (model.Configurations.Select(configuration => configuration.Task).Distinct(StringComparer.Ordinal).Count() != model.Configurations.Length)
        {
            throw new ArgumentException("A task has more than one configuration.", nameof(model));
        }

        RequireLittleEndian();
        try
        {
            AtomicFile.Replace(path, temporary => TunedModelWriter.Write(temporary, model));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TunedModelException(FileErrors.Writing(exception, path), exception);
        }
    }

    /// <summary>
    /// Writes a model like <see cref="Save"/>, and keeps what the file said about other devices where it holds the same network; whatever else is there is
    /// replaced.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="TunedModelException">The file system refuses; nothing half-written is left.</exception>
    /// <exception cref="ArgumentException">Two configurations have the same task.</exception>
    public static void SaveBeside(string path, TunedModel model) => Save(path, model.WithTargetsOf(EarlierTargets.Of(path, model)));

    /// <summary>Reads a model completely; every reason not to is a value.</summary>
    public static Result<TunedModel, TunedModelError> Load(string path) => Load(ModelOrigin.File(path), () => new FileSource(path));

    /// <summary>Reads a model completely from the bytes of its file; every reason not to is a value.</summary>
    public static Result<TunedModel, TunedModelError> Load(ReadOnlyMemory<byte> file) => Load(ModelOrigin.Memory, () => new MemorySource(file));

    /// <summary>Does something with a file and turns what the file may cause into an error.</summary>
    internal static Result<T, TunedModelError> Try<T>(ModelOrigin origin, Func<T> use)
        where T : class
    {
        RequireLittleEndian();
        try
        {
            return use();
        }
        catch (FileDefectException defect)
        {
            return FileErrors.Reading(defect, origin);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return FileErrors.Reading(exception, origin);
        }
        catch (Exception exception) when (
            exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException or ArgumentException)
        {
            // The hashes matched, so this is not damage but a file made by hand or by a defective writer.
            return FileErrors.Reading(new FileDefectException(TunedModelFailure.Malformed, exception.Message), origin);
        }
    }

    /// <summary>Reads a model completely.</summary>
    internal static Result<TunedModel, TunedModelError> Load(ModelOrigin origin, Func<ModelSource> open) => Try(
        origin,
        () =>
        {
            using ModelSource source = open();
            return TunedModelReader.Read(source);
        });

    private static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Tuned models hold little-endian weights, which this big-endian machine cannot use in place.");
        }
    }
}
