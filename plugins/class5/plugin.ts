import { definePlugin } from '../../core/plugin-api.ts'

/** The hosted PBX: prompts, menus, conferences, groups, queues, voice apps and AI agents. So far its keys only; pages follow. */
export const class5 = definePlugin({
  name: 'class5',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'pbx',
  features: [
    {
      key: 'queue',
      title: 'Queue',
      titles: { ar: 'طوابير الانتظار' },
      group: 'Common/PBX',
      groups: { ar: 'عام/المقسم' },
      kind: 'PAGE',
      userTypes: ['CUSTOMER'],
      order: 23,
      parents: ['audio'],
      parentMode: 'SOFT'
    },
    {
      key: 'audio',
      title: 'Audio',
      titles: { ar: 'المقاطع الصوتية' },
      group: 'Common/PBX',
      kind: 'PAGE',
      userTypes: ['CUSTOMER'],
      order: 24
    },
    {
      key: 'ai-agent',
      title: 'AI Agent',
      titles: { ar: 'وكيل الذكاء الاصطناعي' },
      group: 'Class 5',
      groups: { ar: 'الفئة الخامسة' },
      kind: 'PAGE',
      userTypes: ['CUSTOMER'],
      order: 45
    },
    {
      key: 'app',
      title: 'App',
      titles: { ar: 'التطبيقات الصوتية' },
      group: 'Class 5',
      kind: 'PAGE',
      userTypes: ['CUSTOMER'],
      order: 46
    },
    {
      key: 'conference',
      title: 'Conference',
      titles: { ar: 'غرف المؤتمرات' },
      group: 'Class 5',
      kind: 'PAGE',
      userTypes: ['CUSTOMER'],
      order: 47
    },
    {
      key: 'ivr',
      title: 'IVR',
      titles: { ar: 'الرد الصوتي التفاعلي (IVR)' },
      group: 'Class 5',
      kind: 'PAGE',
      userTypes: ['CUSTOMER'],
      order: 48,
      parents: ['audio'],
      parentMode: 'SOFT'
    },
    {
      key: 'group',
      title: 'Group',
      titles: { ar: 'مجموعات الرنين' },
      group: 'Class 5',
      kind: 'PAGE',
      userTypes: ['CUSTOMER'],
      order: 49,
      parents: ['audio'],
      parentMode: 'SOFT'
    }
  ]
})
