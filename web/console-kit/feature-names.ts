// What pages need to speak of features.
export { FeatureName, LayerBadge } from './feature-name.tsx'
export {
  columnOf,
  type FeatureEntry,
  type FeatureRegistry,
  type Override,
  overrideWords,
  type Polarity,
  useFeatureRegistry
} from './feature-registry.ts'
